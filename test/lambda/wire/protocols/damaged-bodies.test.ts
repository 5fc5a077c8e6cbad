import fc from 'fast-check';
import { GatewayError } from '../../../../lambda/platform/error';
import type { JsonObject } from '../../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../../../lambda/wire/dialects/openai-responses';
import type { Dialect } from '../../../../lambda/wire/protocols/protocol';
import { CONTEXT, DIALECTS } from '../../../support/answer-grid';
import { OTHER_VALUES, withOtherValue } from '../../../support/damage';
import { fixtures, PROTOCOLS } from '../../../support/fixtures';
import { targetFacts } from '../../../support/target';

/** Calls and whole answers with values of other types: what cannot be read is an error that says so, never a fault of ours. */

const CALLED: Readonly<Record<string, Dialect>> = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  'anthropic-messages': anthropicMessages,
};

const calls = fixtures().filter(({ request, wireFormat }) => request !== undefined && wireFormat in CALLED);
const answers = fixtures().filter(({ streaming, status }) => !streaming && status === 200);
const RUNS = Number(process.env['RUNS'] ?? 30);

const damages = fc.array(fc.tuple(fc.constantFrom(...OTHER_VALUES), fc.nat()), { minLength: 1, maxLength: 2 });

function damaged(body: unknown, changes: readonly (readonly [string, number])[]): JsonObject {
  return JSON.parse(changes.reduce((text, [kind, inside]) => withOtherValue(text, inside, kind), JSON.stringify(body))) as JsonObject;
}

/** Whatever is thrown is an error that a caller can be shown. */
function refusing(attempt: () => void, statuses: readonly number[]): void {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    expect(statuses).toContain(error.status);
  }
}

test.each(calls.map((fixture) => [fixture.id, fixture] as const))('D09 the call of %s, damaged', (_id, { request, wireFormat }) => {
  const dialect = CALLED[wireFormat] as Dialect;
  const target = targetFacts('claude-sonnet-4-5');

  fc.assert(
    fc.property(damages, (changes) => {
      const body = damaged(request, changes);
      refusing(() => dialect.inspect(body), [400]);
      refusing(() => dialect.forwardChanges?.(body), [400]);
      refusing(() => {
        const decoded = dialect.decodeRequest(body);
        for (const protocol of Object.values(PROTOCOLS)) refusing(() => protocol.encodeRequest(decoded, target), [400]);
      }, [400]);
    }),
    { numRuns: RUNS },
  );
});

test.each(answers.map((fixture) => [fixture.id, fixture] as const))('E08 the answer of %s, damaged', (_id, { response, wireFormat }) => {
  const protocol = PROTOCOLS[wireFormat];

  fc.assert(
    fc.property(damages, (changes) => {
      const body = damaged(response, changes);
      protocol.usage(body);
      refusing(() => {
        const decoded = protocol.decodeResponse(body);
        for (const dialect of DIALECTS) dialect.encodeResponse(decoded, CONTEXT);
      }, [400, 404, 429, 502, 503, 504]);
    }),
    { numRuns: RUNS },
  );
});
