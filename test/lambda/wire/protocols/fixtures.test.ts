import { GatewayError } from '../../../../lambda/platform/error';
import type { JsonObject, JsonValue } from '../../../../lambda/platform/json/value';
import { openAiChat } from '../../../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../../../lambda/wire/dialects/openai-responses';
import type { AssistantPart } from '../../../../lambda/wire/model/request';
import type { ModelResponse, StreamEvent } from '../../../../lambda/wire/model/response';
import type { Usage } from '../../../../lambda/wire/model/usage';
import { CONTEXT, checkBlocks, DIALECTS, decode, describeAnswers, encode, framesOf } from '../../../support/answer-grid';
import { sseEvents } from '../../../support/answers';
import { bytesOf, type Fixture, fixtures, PROTOCOLS, scenarioOf } from '../../../support/fixtures';
import { describeCrossings, describeRequests } from '../../../support/request-grid';

/** What vendors document and few recordings hold: every scenario in every caller's dialect. */

const all = fixtures();
const good = all.filter(({ status, facts }) => status === 200 && facts !== undefined);
const rows = (list: readonly Fixture[]) => list.map((fixture) => [fixture.id, fixture] as const);

describeAnswers(all.filter(({ status }) => status === 200).map(scenarioOf));
const requests = all.flatMap(({ id, request, wireFormat }) => (request === undefined ? [] : [{ id, body: request, wireFormat }]));
describeRequests(requests);
describeCrossings(requests);

/** An answer, streamed or not, in the words of the common model. */
interface Told {
  readonly texts: readonly string[];
  readonly refusal: string;
  readonly reasoning: string;
  readonly calls: readonly (string | undefined)[];
  readonly citations: readonly (string | undefined)[];
  readonly signatures: readonly string[];
  readonly logprobs: readonly unknown[];
  readonly finish: { readonly unified: string; readonly raw?: string };
  readonly usage: Usage | undefined;
}

test.each(rows(good))('%s says what its facts say', (_id, fixture) => {
  const { facts } = fixture;
  if (facts === undefined) throw new Error('no facts');
  const told = fixture.streaming ? toldByEvents(eventsOf(fixture)) : toldByResponse(responseOf(fixture));

  expect(told.texts[0] ?? '').toBe(facts.text);
  if (facts.choices !== undefined) expect(told.texts).toEqual(facts.choices);
  expect(told.refusal).toBe(facts.refusal ?? '');
  expect(told.reasoning).toBe(facts.reasoning ?? '');
  const ids = (facts.tool_calls ?? []).map(({ id }) => id);
  expect(told.calls.map((id, index) => (ids[index] === undefined ? undefined : id))).toEqual(ids);
  expect(told.citations).toEqual(facts.citations ?? []);
  expect(told.signatures).toEqual(facts.signatures ?? []);
  expect(told.logprobs).toEqual(facts.logprobs ?? []);
  expect(told.finish).toMatchObject({ unified: facts.unified, raw: facts.finish });
  expect(told.usage ?? null).toEqual(facts.usage);
  if (!fixture.streaming) expect(PROTOCOLS[fixture.wireFormat].usage(fixture.response as JsonObject) ?? null).toEqual(facts.usage);
});

test.each(rows(good.filter(({ facts }) => facts?.choices !== undefined)))('%s gives a Chat caller every alternative', (_id, fixture) => {
  const texts = new Map<number, string>();
  const finishes = new Map<number, unknown>();
  const add = (choice: JsonObject, said: JsonObject) => {
    const index = choice['index'] as number;
    texts.set(index, (texts.get(index) ?? '') + ((said['content'] as string | null | undefined) ?? ''));
    if (choice['finish_reason'] !== null) finishes.set(index, choice['finish_reason']);
  };
  if (fixture.streaming) {
    for (const { data } of sseEvents(encode(openAiChat, eventsOf(fixture)))) {
      if (data === '[DONE]') continue;
      for (const choice of (JSON.parse(data) as { choices: JsonObject[] }).choices) add(choice, choice['delta'] as JsonObject);
    }
  } else {
    const body = openAiChat.encodeResponse(responseOf(fixture), CONTEXT);
    for (const choice of body['choices'] as JsonObject[]) add(choice, choice['message'] as JsonObject);
  }

  expect([...texts.values()]).toEqual(fixture.facts?.choices);
  expect(finishes.size).toBe(fixture.facts?.choices?.length);
});

test.each(rows(good.filter(({ facts }) => facts?.logprobs !== undefined)))(
  '%s tells OpenAI’s callers each token’s probability',
  (_id, fixture) => {
    for (const dialect of [openAiChat, openAiResponses]) {
      const body = fixture.streaming
        ? sseEvents(encode(dialect, eventsOf(fixture))).map(({ data }) => data)
        : [JSON.stringify(dialect.encodeResponse(responseOf(fixture), CONTEXT))];

      for (const token of fixture.facts?.logprobs ?? []) {
        expect(body.some((text) => text.includes(`{"token":${JSON.stringify(token)},"logprob":`))).toBe(true);
      }
    }
  },
);

test.each(rows(good.filter(({ facts }) => facts?.images !== undefined)))('%s shows a Chat caller its pictures', (_id, fixture) => {
  const body = openAiChat.encodeResponse(responseOf(fixture), CONTEXT);

  expect((body['choices'] as JsonObject[])[0]?.['message']).toMatchObject({
    images: fixture.facts?.images?.map((url) => ({ type: 'image_url', image_url: { url } })),
  });
});

test.each(rows(all.filter(({ status }) => status !== 200)))('%s becomes one error in every dialect', (_id, fixture) => {
  const body = Array.isArray(fixture.response) ? undefined : (fixture.response as JsonObject);
  const { error, failover } = PROTOCOLS[fixture.wireFormat].decodeError(fixture.status, body, fixture.responseHeaders ?? {});
  const { failover: expectedFailover, code, ...expected } = fixture.error ?? { status: 0, code: '' };

  expect(error).toBeInstanceOf(GatewayError);
  expect(error).toMatchObject({ ...expected, shownCode: code });
  if (expectedFailover !== undefined) expect(failover).toBe(expectedFailover);
  for (const dialect of DIALECTS) {
    expect((dialect.encodeError(error, 'req-1')['error'] as JsonObject)['message']).toEqual(expect.stringMatching(/\S/));
    expect(dialect.errorStatus(error)).toBeGreaterThanOrEqual(400);
  }
});

test('every fixture names where its shape is documented, and what it holds', () => {
  for (const fixture of all) {
    expect(fixture.source).toMatch(/^https:\/\//);
    expect(fixture.about.length).toBeGreaterThan(10);
    expect((fixture.facts === undefined) !== (fixture.error === undefined)).toBe(true);
    expect(bytesOf(fixture).length).toBeGreaterThan(2);
  }
});

function responseOf(fixture: Fixture): ModelResponse {
  return PROTOCOLS[fixture.wireFormat].decodeResponse(fixture.response as JsonObject);
}

function eventsOf(fixture: Fixture): StreamEvent[] {
  const scenario = scenarioOf(fixture);
  const events = decode(scenario.protocol, framesOf(scenario));
  checkBlocks(events);
  return events;
}

function toldByResponse(response: ModelResponse): Told {
  const parts = response.choices[0]?.content ?? [];
  const texts = response.choices.map(({ content }) => content.map((part) => (part.type === 'text' ? part.text : '')).join(''));
  const join = (type: 'refusal' | 'reasoning') => parts.map((part) => (part.type === type ? part.text : '')).join('');
  return {
    texts,
    refusal: join('refusal'),
    reasoning: join('reasoning'),
    calls: parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : [])),
    citations: parts.flatMap((part) => (part.type === 'text' ? (part.citations ?? []) : [])).flatMap(({ url }) => url ?? []),
    signatures: parts.flatMap(signaturesOf),
    logprobs: tokensOf(response.choices[0]?.logprobs),
    finish: response.choices[0]?.finishReason ?? { unified: '' },
    usage: response.usage,
  };
}

function tokensOf(logprobs: JsonValue | undefined): unknown[] {
  const content = (logprobs as { content?: { token: string }[] | null } | null | undefined)?.content ?? [];
  return content.map(({ token }) => token);
}

function signaturesOf(part: AssistantPart): string[] {
  if (part.type === 'reasoning') return [part.redacted ?? part.signature ?? []].flat().map(({ value }) => value);
  return part.type === 'tool-call' && part.signature !== undefined ? [part.signature.value] : [];
}

function toldByEvents(events: readonly StreamEvent[]): Told {
  const texts: string[] = [];
  const first = events.filter((event) => !('choice' in event) || event.choice === 0);
  for (const event of events) if (event.type === 'text-delta') texts[event.choice] = (texts[event.choice] ?? '') + event.text;
  const join = (type: 'refusal-delta' | 'reasoning-delta') => first.map((event) => (event.type === type ? event.text : '')).join('');
  const finish = first.find((event) => event.type === 'finish');
  const usage = events.findLast((event) => event.type === 'usage');
  return {
    texts,
    refusal: join('refusal-delta'),
    reasoning: join('reasoning-delta'),
    calls: first.flatMap((event) => (event.type === 'tool-call-start' ? [event.id] : [])),
    citations: first.flatMap((event) => (event.type === 'citation' ? (event.citation.url ?? []) : [])),
    signatures: first.flatMap((event) => {
      if (event.type === 'reasoning-end') return [event.redacted ?? event.signature ?? []].flat().map(({ value }) => value);
      return event.type === 'tool-call-end' && event.signature !== undefined ? [event.signature.value] : [];
    }),
    logprobs: first.flatMap((event) => (event.type === 'text-delta' ? tokensOf(event.logprobs) : [])),
    finish: finish?.type === 'finish' ? finish.reason : { unified: '' },
    usage: usage?.type === 'usage' ? usage.usage : undefined,
  };
}
