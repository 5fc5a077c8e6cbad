import type { DialectName } from '../../../../lambda/wire/dialects';
import { DIALECTS, MODELS } from '../../../support/fixture-places';
import type { TestGateway } from '../../../support/gateway';
import { spoken } from '../../../support/spoken';
import { startUpstream, type Upstream } from '../../../support/upstream';
import { BEDROCK_RULE, hosts, isModelCall } from './guard-host';
import { bedrockEnvironment, guardedGateway, sayingOf } from './support';

/** What a guardrail of Bedrock's is shown to hold an answer against its prompt. */

let upstream: Upstream;
let gateway: TestGateway;

beforeEach(async () => {
  upstream = await startUpstream();
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const GROUNDED = {
  ...BEDROCK_RULE,
  direction: 'output',
  bedrock: { guardrail_id: 'gr1', guardrail_version: '2', grounding: true },
} as const;
const SYSTEM = 'You are a clerk.';
const FOUND = 'The shop opens at nine.';
const QUESTION = 'When does it open?';

/** A conversation with a document, a result of a tool and a question, as each dialect says it. */
const CONVERSATIONS: Readonly<Record<DialectName, object>> = {
  'openai-chat': {
    messages: [
      { role: 'system', content: SYSTEM },
      { role: 'user', content: 'Look it up.' },
      { role: 'assistant', tool_calls: [{ id: 'c1', type: 'function', function: { name: 'find', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'c1', content: FOUND },
      { role: 'user', content: [{ type: 'text', text: QUESTION }] },
    ],
  },
  'openai-responses': {
    instructions: SYSTEM,
    input: [
      { role: 'user', content: 'Look it up.' },
      { type: 'function_call', call_id: 'c1', name: 'find', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: FOUND },
      { role: 'user', content: [{ type: 'input_text', text: QUESTION }] },
    ],
  },
  'anthropic-messages': {
    system: SYSTEM,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: FOUND } },
          { type: 'text', text: QUESTION },
        ],
      },
    ],
  },
};

async function ask(dialect: DialectName, stream: boolean, conversation: object, grounded = true) {
  upstream.script(
    hosts({ model: spoken(dialect, { text: ['At', ' ten.'] }, stream), bedrock: ({ content }) => says(content.length, grounded) }),
  );
  const { path, body } = sayingOf(dialect, MODELS[dialect], QUESTION, stream);
  const answer = await gateway.call(path, { ...body, ...conversation });
  await gateway.settled();
  const shown = upstream.requests.filter((one) => !isModelCall(one)).map((one) => JSON.parse(one.body.toString()));
  return { answer, shown, record: gateway.records().at(-1) };
}

function says(blocks: number, grounded: boolean): object {
  const usage = { contextualGroundingPolicyUnits: blocks, contentPolicyUnits: 1 };
  const filters = [
    { type: 'GROUNDING', threshold: 0.7, score: grounded ? 0.9 : 0.1, action: grounded ? 'NONE' : 'BLOCKED', detected: !grounded },
  ];
  return {
    usage,
    action: grounded ? 'NONE' : 'GUARDRAIL_INTERVENED',
    outputs: [],
    assessments: [{ contextualGroundingPolicy: { filters } }],
  };
}

const block = (text: string, qualifier: string): object => ({ text: { text, qualifiers: [qualifier] } });
const start = async (): Promise<void> => {
  gateway = await guardedGateway(upstream, [{ id: 'p', rules: [GROUNDED] }], bedrockEnvironment(upstream));
};
const CALLS = DIALECTS.flatMap((dialect) => [true, false].map((stream) => [dialect, stream] as const));

describe.each(CALLS)('%s, streamed: %s', (dialect, stream) => {
  test('documents and results of tools are the source, what the user said last is the query', async () => {
    await start();

    const { answer, shown, record } = await ask(dialect, stream, CONVERSATIONS[dialect]);

    expect(answer.status).toBe(200);
    expect(shown).toEqual([
      { source: 'OUTPUT', content: [block(FOUND, 'grounding_source'), block(QUESTION, 'query'), block('At ten.', 'guard_content')] },
    ]);
    // Three units of grounding, one of content.
    expect(record).toMatchObject({ guardNanoUsd: 450_000n, guardVerdict: 'pass' });
    expect(record?.boundNanoUsd).toBeGreaterThanOrEqual(450_000n);
  });

  test('an answer that its source does not bear is ended', async () => {
    await start();

    const { answer, record } = await ask(dialect, stream, CONVERSATIONS[dialect], false);

    expect(answer.text).not.toContain('ten.');
    expect(answer.text).toContain("The guardrail policy 'p' ended this answer.");
    expect(record?.guardrails).toMatchObject([{ verdict: 'block', types: ['GROUNDING'] }]);
  });

  test('without instructions, documents and results there is nothing to hold it against', async () => {
    await start();

    const { answer, shown } = await ask(dialect, stream, {});

    expect(answer.status).toBe(200);
    expect(shown).toEqual([{ source: 'OUTPUT', content: [{ text: { text: 'At ten.' } }] }]);
  });
});

test('instructions are the source where there is neither a document nor a result', async () => {
  await start();

  const { shown } = await ask('openai-chat', false, {
    messages: [
      { role: 'system', content: FOUND },
      { role: 'user', content: QUESTION },
    ],
  });

  expect(shown[0].content.slice(0, 2)).toEqual([block(FOUND, 'grounding_source'), block(QUESTION, 'query')]);
});
