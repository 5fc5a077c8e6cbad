import { type AppliedPolicies, applied, CallGuard } from '../../../lambda/guardrails';
import { StageChain } from '../../../lambda/proxy/relay/stages';
import type { StreamEvent } from '../../../lambda/wire/model';
import type { Dialect } from '../../../lambda/wire/protocols/protocol';
import type { GuardRuleConfig } from '../../../lib/private/contract';
import { CONTEXT, DIALECTS } from '../../support/answer-grid';
import { type CallerAnswer, readStream } from '../../support/answers';

/** Answers in pieces, against the same in one: every dialect, texts, thoughts and what tools are called with. */

const FORBIDDEN = ['jane.doe@example.com', '4111 1111 1111 1111', 'DE89370400440532013000', 'ACME-123456', 'Project  Titan'];
const RULES: readonly GuardRuleConfig[] = [
  { name: 'people', detect: ['email', 'payment_card', 'iban'], action: 'mask' },
  { name: 'ACME_ID', pattern: 'ACME-[0-9]{6}', action: 'mask' },
  { name: 'codename', deny: ['project titan'], action: 'mask' },
];
const policyOf = (action: 'mask' | 'block' | 'flag') =>
  applied([{ config: { id: 'all', rules: RULES.map((rule) => ({ ...rule, action })) } }]);
const [MASKS, BLOCKS, FLAGS] = [policyOf('mask'), policyOf('block'), policyOf('flag')];
const WORDS = ['so', 'write to', 'or', '"quoted"', 'a\\b', 'line\nend', '{"x":1}', 'müde', '😀', '[EMAIL_1]', 'x@', '4111', 'ACME-'];

/** Numbers that come again with the same seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Kind = 'text' | 'reasoning' | 'tool-call';

function cut(text: string, pieces: number, random: (below: number) => number): string[] {
  const at = Array.from({ length: pieces - 1 }, () => random(text.length + 1)).sort((left, right) => left - right);
  return [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
}

function eventsOf(kind: Kind, pieces: readonly string[]): StreamEvent[] {
  const place = { choice: 0, block: 0 };
  const start: StreamEvent =
    kind === 'tool-call' ? { type: 'tool-call-start', ...place, id: 'c1', name: 'send' } : { type: `${kind}-start`, ...place };
  return [
    { type: 'start', id: 'a1', model: 'm' },
    start,
    ...pieces.map((text): StreamEvent => ({ type: `${kind}-delta`, ...place, text })),
    { type: `${kind}-end`, ...place },
    { type: 'finish', choice: 0, reason: { unified: kind === 'tool-call' ? 'tool-calls' : 'stop' } },
    { type: 'usage', usage: { inputTokens: 1, outputTokens: 1 } },
    { type: 'end' },
  ];
}

/** What a caller is sent, and the verdict. */
function answered(
  dialect: Dialect,
  policies: AppliedPolicies,
  events: readonly StreamEvent[],
): { bytes: string; told: CallerAnswer; verdict: string } {
  const guard = new CallGuard(policies);
  const encoder = dialect.streamEncoder(CONTEXT);
  let bytes = '';
  const chain = new StageChain([guard.openAnswer() as never], (event) => {
    bytes += encoder.encode(event);
  });
  for (const event of events) if (!chain.over) chain.take(event);
  return { bytes, told: readStream(dialect.name, bytes), verdict: guard.verdict };
}

const saidIn = (told: CallerAnswer, kind: Kind): string =>
  kind === 'text' ? told.text : kind === 'reasoning' ? told.reasoning : (told.toolCalls[0]?.args ?? '');

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))('J06 an answer in pieces, for %s,', (_name, dialect) => {
  const said = (kind: Kind, text: string): string => (kind === 'tool-call' ? JSON.stringify({ to: text, n: 1 }) : text);

  test.each(['text', 'reasoning', 'tool-call'] as const)('%s: what is forbidden is masked wherever it is cut', (kind) => {
    for (const value of FORBIDDEN) {
      const text = said(kind, `ask ${value}, then go on`);
      const whole = answered(dialect, MASKS, eventsOf(kind, [text]));
      expect(whole.verdict).toBe('mask');
      for (let at = 0; at <= text.length; at++) {
        const pieces = answered(dialect, MASKS, eventsOf(kind, [text.slice(0, at), text.slice(at)]));
        expect([at, saidIn(pieces.told, kind), pieces.verdict]).toEqual([at, saidIn(whole.told, kind), 'mask']);
      }
    }
  });

  test('ten thousand random cuts say what one piece says, and leak nothing', () => {
    const seed = 20_261_130 + dialect.name.length;
    const random = randomOf(seed);
    for (let round = 0; round < 3_334; round++) {
      const kind = (['text', 'reasoning', 'tool-call'] as const)[random(3)] as Kind;
      const words = Array.from({ length: 3 + random(8) }, () =>
        random(3) === 0 ? FORBIDDEN[random(FORBIDDEN.length)] : WORDS[random(WORDS.length)],
      );
      const text = said(kind, words.join(' '));
      const policies = random(2) === 0 ? MASKS : BLOCKS;
      const whole = answered(dialect, policies, eventsOf(kind, [text]));
      const cutUp = answered(dialect, policies, eventsOf(kind, cut(text, 2 + random(4), random)));
      const name = `seed ${seed}, round ${round}: ${JSON.stringify(text)}`;
      expect([name, saidIn(cutUp.told, kind), cutUp.told.finish, cutUp.verdict]).toEqual([
        name,
        saidIn(whole.told, kind),
        whole.told.finish,
        whole.verdict,
      ]);
      for (const value of FORBIDDEN) expect([name, cutUp.bytes.includes(value)]).toEqual([name, false]);
    }
  });

  test('what is blocked ends as a refusal, and what stood before it is the last that is said', () => {
    const { told, verdict, bytes } = answered(
      dialect,
      BLOCKS,
      eventsOf('text', ['all is well. ask jane.d', 'oe@example.com and more', ' to come']),
    );

    expect(verdict).toBe('block');
    expect(told.text + told.refusal).toMatch(/^all is well\. ask /);
    expect(bytes).not.toMatch(/jane|example|more/);
    expect(told.finish).toBe(dialect.name === 'anthropic-messages' ? 'refusal' : 'content_filter');
  });
});

describe('what else an answer says', () => {
  const [dialect] = DIALECTS as [Dialect];
  const place = { choice: 0, block: 0 };
  const told = (policies: AppliedPolicies, events: readonly StreamEvent[]): StreamEvent[] => {
    const guard = new CallGuard(policies);
    const out: StreamEvent[] = [];
    const chain = new StageChain([guard.openAnswer() as never], (event) => out.push(event));
    for (const event of events) if (!chain.over) chain.take(event);
    return out;
  };

  test('sources are masked, told behind their text, and lose places that are those of another text', () => {
    const citation = {
      kind: 'url' as const,
      url: 'https://x.example',
      title: 'ask jane.doe@example.com',
      start: 4,
      end: 9,
      raw: { n: [1, 'ACME-123456'] },
    };
    const events = eventsOf('text', ['ask jane.doe@example.com']);
    events.splice(3, 0, { type: 'citation', ...place, citation });

    const out = told(MASKS, events);

    expect(JSON.stringify(out)).not.toMatch(/jane\.doe|ACME-1/);
    const cited = out.findIndex(({ type }) => type === 'citation');
    expect(out[cited - 1]).toMatchObject({ type: 'text-delta', text: '[EMAIL_1]' });
    expect(out[cited]).toMatchObject({ citation: { title: 'ask [EMAIL_1]', raw: { n: [1, '[ACME_ID_1]'] } } });
    expect(Object.keys((out[cited] as { citation: object }).citation)).not.toContain('start');
  });

  test('a thought that is changed loses its signature, and keeps it where it is as it was', () => {
    const signature = { protocol: 'anthropic-messages' as const, value: 's' };
    const signed = (text: string) =>
      eventsOf('reasoning', [text]).map((event) => (event.type === 'reasoning-end' ? { ...event, signature } : event));

    expect(told(MASKS, signed('ask jane.doe@example.com')).find(({ type }) => type === 'reasoning-end')).toEqual({
      type: 'reasoning-end',
      ...place,
    });
    expect(told(MASKS, signed('ask her')).find(({ type }) => type === 'reasoning-end')).toMatchObject({ signature });
  });

  test('names of tools and words of a refusal are looked into; a picture ends an answer where none may be', () => {
    const call = eventsOf('tool-call', ['{}']).map((event) =>
      event.type === 'tool-call-start' ? { ...event, name: 'ACME-123456' } : event,
    );
    const refused = eventsOf('text', ['x']).map((event) =>
      event.type === 'finish' ? { ...event, reason: { unified: 'refusal' as const, explanation: 'not for jane.doe@example.com' } } : event,
    );
    const picture: StreamEvent = { type: 'image', ...place, source: { kind: 'base64', mediaType: 'image/png', data: 'eA==' } };
    const guard = new CallGuard(applied([{ config: { id: 'quiet', rules: [], media: 'refuse' } }]));
    const out: StreamEvent[] = [];
    const chain = new StageChain([guard.openAnswer() as never], (event) => out.push(event));
    for (const event of [{ type: 'start' } as const, picture]) chain.take(event);

    expect(told(MASKS, call).find(({ type }) => type === 'tool-call-start')).toMatchObject({ name: '[ACME_ID_1]' });
    expect(told(MASKS, refused).find(({ type }) => type === 'finish')).toMatchObject({ reason: { explanation: 'not for [EMAIL_1]' } });
    expect(out.map(({ type }) => type)).toEqual(['start', 'finish', 'end']);
    expect([guard.verdict, dialect.name]).toEqual(['block', 'openai-chat']);
  });

  test('what a tool is called with is read without its escapes, and stays JSON', () => {
    const out = told(MASKS, eventsOf('tool-call', ['{"to":"jane.doe\\u0040exam', 'ple.com","card":4111111111111111}']));

    const args = out.flatMap((event) => (event.type === 'tool-call-delta' ? [event.text] : [])).join('');
    expect(JSON.parse(args)).toEqual({ to: '[EMAIL_1]', card: '[PAYMENT_CARD_1]' });
  });

  test('an answer that breaks off is let go as far as it came', () => {
    const error = { type: 'error', error: new Error('cut') } as unknown as StreamEvent;
    const out = told(MASKS, [...eventsOf('text', ['ask jane.doe@example.com']).slice(0, 3), error]);

    expect(out.map((event) => ('text' in event ? event.text : event.type))).toEqual(['start', 'text-start', 'ask ', '[EMAIL_1]', 'error']);
  });

  test('several choices are looked into each for itself, and end together', () => {
    const two = (text: string, choice: number): StreamEvent[] =>
      eventsOf('text', [text]).flatMap((event) => ('choice' in event ? [{ ...event, choice }] : []));
    const all = [
      { type: 'start' } as const,
      ...two('ask jane.doe@', 0).slice(0, 2),
      ...two('fine', 1).slice(0, 2),
      { type: 'text-delta', ...place, text: 'example.com' } as const,
      { type: 'end' } as const,
    ];

    const out = told(BLOCKS, all);

    expect(out.filter(({ type }) => type === 'finish')).toHaveLength(2);
    expect(JSON.stringify(out)).not.toContain('jane');
  });

  test('probabilities of tokens go where texts may be changed, and stay where they are only looked at', () => {
    const events = eventsOf('text', ['ask her']).map((event) =>
      event.type === 'text-delta' ? { ...event, logprobs: { content: [{ token: 'ask' }] } } : event,
    );

    expect(JSON.stringify(told(MASKS, events))).not.toContain('logprobs');
    expect(told(FLAGS, events)).toEqual(events);
  });
});
