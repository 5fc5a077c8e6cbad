/** Features of Anthropic's API that callers of Messages switch on by name, at hosts that refuse the call for one that they do not have. */
import { route } from '../../support/gateway';
import { type Hosts, saysOk, startHosts } from '../../support/hosts';

const MESSAGES = '/v1/messages';
const body = { max_tokens: 400, messages: [{ role: 'user', content: 'Hi' }] };
const OPUS = 'bedrock/us.anthropic.claude-opus-5-5';
const VERTEX = 'vertex-ai/claude-sonnet-4-5';
const ALL = 'claude-code-20250219,effort-2025-11-24, interleaved-thinking-2025-05-14,context-1m-2025-08-07';

let hosts: Hosts;

beforeAll(async () => {
  hosts = await startHosts();
  hosts.upstream.script(saysOk);
});

afterAll(() => hosts.close());

async function betasAt(model: string, asked: string, more: object = {}) {
  const before = hosts.sent().length;
  const reply = await hosts.ask(MESSAGES, { model, ...body, ...more }, { 'anthropic-beta': asked });
  return { sent: hosts.sent()[before], warnings: reply.headers['x-gateway-warnings'] };
}

test.each([
  ['anthropic/claude-opus-5-5', ALL, undefined],
  [OPUS, 'effort-2025-11-24,interleaved-thinking-2025-05-14,context-1m-2025-08-07', 'dropped: anthropic-beta'],
  [VERTEX, 'interleaved-thinking-2025-05-14,context-1m-2025-08-07', 'dropped: anthropic-beta'],
])('%s gets those that it has', async (model, taken, warnings) => {
  const { sent, ...told } = await betasAt(model, ALL);

  expect([sent?.headers['anthropic-beta'], told.warnings]).toEqual([taken, warnings]);
});

test.each([OPUS, VERTEX])('%s gets tool search by its own name', async (model) => {
  const { sent, warnings } = await betasAt(model, 'advanced-tool-use-2025-11-20,tool-search-tool-2025-10-19');

  expect([sent?.headers['anthropic-beta'], warnings]).toEqual(['tool-search-tool-2025-10-19', undefined]);
});

test.each([OPUS, VERTEX])('%s gets no header where none is left', async (model) => {
  const { sent } = await betasAt(model, 'oauth-2025-04-20');

  expect(sent?.headers).not.toHaveProperty('anthropic-beta');
});

test('a call that is written anew for a smaller model asks for the same features', async () => {
  const aliased = await startHosts({}, {}, [route('small', 'bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0')]);
  try {
    aliased.upstream.script(saysOk);
    const thinks = { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } };
    await aliased.ask(
      MESSAGES,
      { model: 'small', ...body, max_tokens: 20_000, ...thinks },
      { 'anthropic-beta': 'interleaved-thinking-2025-05-14' },
    );

    const [sent] = aliased.sent();
    expect([sent?.path, sent?.headers['anthropic-beta'], sent?.body.thinking.type]).toEqual([
      '/bedrock/anthropic/v1/messages',
      'interleaved-thinking-2025-05-14',
      'enabled',
    ]);
  } finally {
    await aliased.close();
  }
});
