import type { DialectName } from '../../../../lambda/wire/dialects';
import { DIALECTS, MODELS } from '../../../support/fixture-places';
import type { TestGateway } from '../../../support/gateway';
import { spoken } from '../../../support/spoken';
import { startUpstream, type Upstream } from '../../../support/upstream';
import { hosts, isModelCall, webhookRule } from './guard-host';
import { EMAIL, guardedGateway, policy, sayingOf } from './support';

/** What of a prompt is no plain string: files, and what tools are called with and described by. */

let upstream: Upstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => {
  upstream.requests.length = 0;
});
afterEach(() => gateway.close());
afterAll(() => upstream.close());

const CARD = 4111111111111111;
const OWN = { 'openai-chat': 'openai-chat', 'openai-responses': 'openai-responses', 'anthropic-messages': 'anthropic-messages' } as const;
const base64 = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding).toString('base64');

async function send(dialect: DialectName, content: object) {
  upstream.script(hosts({ model: spoken(OWN[dialect], { text: ['fine'] }, false), webhook: masks }));
  const { path, body } = sayingOf(dialect, MODELS[OWN[dialect]], 'Hi');
  const answer = await gateway.call(path, { ...body, ...content });
  await gateway.settled();
  const sent = upstream.requests.filter(isModelCall)[0]?.body.toString() ?? '{}';
  return { answer, sent, record: gateway.records().at(-1) };
}

const masks = ({ texts }: { readonly texts: readonly string[] }) => ({
  verdict: 'mask',
  texts: texts.map((text) => text.replaceAll(EMAIL, '<"A">').replaceAll(String(CARD), '[CARD]')),
});

function filed(dialect: DialectName, mediaType: string, name: string, bytes: string): object {
  const dataUrl = `data:${mediaType};base64,${bytes}`;
  if (dialect === 'openai-chat')
    return { messages: [{ role: 'user', content: [{ type: 'file', file: { filename: name, file_data: dataUrl } }] }] };
  if (dialect === 'openai-responses')
    return { input: [{ role: 'user', content: [{ type: 'input_file', filename: name, file_data: dataUrl }] }] };
  const source = { type: 'base64', media_type: mediaType, data: bytes };
  return { messages: [{ role: 'user', content: [{ type: 'document', title: name, source }] }] };
}

describe.each(DIALECTS)('%s', (dialect) => {
  test.each([
    ['text/plain', 'a.txt', `write to ${EMAIL}`, 'utf8'],
    ['text/markdown', 'a.md', `# Grüße\n\n* ${EMAIL}`, 'utf8'],
    ['text/csv', 'a.csv', `Name;E-Mail\nMüller;${EMAIL}`, 'latin1'],
    ['text/csv', 'b.csv', `\ufeffName\tE-Mail\nMüller\t${EMAIL}`, 'utf16le'],
    ['text/html', 'a.html', `<a href="mailto:${EMAIL}">`, 'utf8'],
    ['application/json', 'a.json', `{"to":"${EMAIL}"}`, 'utf8'],
    ['application/octet-stream', 'a.bin', `whatever it is called: ${EMAIL}`, 'utf8'],
  ] as const)('the text of a file is masked in its own encoding: %s %s', async (mediaType, name, text, encoding) => {
    gateway = await guardedGateway(upstream, [policy({ direction: 'input' })]);

    const { sent, record } = await send(dialect, filed(dialect, mediaType, name, base64(text, encoding)));

    expect(sent).toContain(base64(text.replace(EMAIL, '[EMAIL_1]'), encoding));
    expect(record?.guardrails).toMatchObject([{ verdict: 'mask', types: ['email'] }]);
  });

  test('a file whose text is refused is named, and goes nowhere', async () => {
    gateway = await guardedGateway(upstream, [policy({ direction: 'input', action: 'block' })]);

    const { answer } = await send(dialect, filed(dialect, 'text/plain', 'a.txt', base64(`to ${EMAIL}`)));

    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(/found email in (?:messages|input)\[0\]\.content\[0\]\.(?:file\.file_data|file_data|source\.data)/);
    expect(upstream.requests).toEqual([]);
  });

  test('a file that is no text passes as it is, or is refused by policy', async () => {
    const pdf = base64(`%PDF-1.7\n${EMAIL}`);
    gateway = await guardedGateway(upstream, [policy({ direction: 'input' })]);
    expect((await send(dialect, filed(dialect, 'application/pdf', 'a.pdf', pdf))).sent).toContain(pdf);
    await gateway.close();

    gateway = await guardedGateway(upstream, [policy({ direction: 'input' }, { media: 'refuse' })]);
    const { answer } = await send(dialect, filed(dialect, 'application/pdf', 'a.pdf', pdf));
    expect([answer.status, answer.text.includes("(rule 'media')")]).toEqual([400, true]);
  });

  test.each(['its own rules', 'a service'])(
    'names and numbers in what tools are called with and described by are masked by %s',
    async (by) => {
      const rule = policy({ direction: 'input', detect: ['email', 'payment_card'] });
      gateway = await guardedGateway(upstream, by === 'a service' ? [{ id: 'own', rules: [webhookRule(upstream.origin)] }] : [rule]);
      const args = `{"card":${CARD},"said \\"${EMAIL.replace('@', '\\u0040')}\\"":[1,"x"]}`;
      const schema = { type: 'object', properties: { [EMAIL]: { type: 'integer', default: CARD } } };

      const { sent } = await send(dialect, toolCall(dialect, args, schema));

      const card = by === 'a service' ? '[CARD]' : '[PAYMENT_CARD_1]';
      const email = by === 'a service' ? '<"A">' : '[EMAIL_1]';
      expect(sent).not.toMatch(/jane|4111/);
      expect(JSON.parse(argumentsIn(sent))).toEqual({ card, [`said "${email}"`]: [1, 'x'] });
      expect(sent).toContain(JSON.stringify({ [email]: { type: 'integer', default: card } }));
    },
  );
});

function toolCall(dialect: DialectName, args: string, schema: object): object {
  if (dialect === 'openai-chat') {
    const call = { id: 'c1', type: 'function', function: { name: 'pay', arguments: args } };
    return {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', tool_calls: [call] },
        { role: 'tool', tool_call_id: 'c1', content: 'ok' },
      ],
      tools: [{ type: 'function', function: { name: 'pay', parameters: schema } }],
    };
  }
  if (dialect === 'openai-responses') {
    return {
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'function_call', call_id: 'c1', name: 'pay', arguments: args },
        { type: 'function_call_output', call_id: 'c1', output: 'ok' },
      ],
      tools: [{ type: 'function', name: 'pay', parameters: schema, strict: false }],
    };
  }
  return {
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'pay', input: JSON.parse(args) }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'ok' }] },
    ],
    tools: [{ name: 'pay', input_schema: schema }],
  };
}

function argumentsIn(sent: string): string {
  const body = JSON.parse(sent);
  if (body.input !== undefined) return body.input[1].arguments;
  const { tool_calls: calls, content } = body.messages[1];
  return calls?.[0].function.arguments ?? JSON.stringify(content[0].input);
}
