import type { JsonObject } from '../../../lambda/platform/json/value';
import type { DialectName } from '../../../lambda/wire/dialects';
import { readAnswer, readStream, sseEvents } from '../../support/answers';
import { DIALECT_CALLS } from '../../support/dialect-calls';
import { DIALECTS, FIXTURE_CREDENTIALS, fixturePlaces, MODELS, played } from '../../support/fixture-places';
import { bytesOf, type Fixture, fixtures, scenarioOf } from '../../support/fixtures';
import { startGateway, type TestGateway } from '../../support/gateway';
import { startUpstream, type Upstream } from '../../support/upstream';

/** Every scenario over sockets: its own dialect passes it on event by event, another one tells what it means. */

let upstream: Upstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ document: { providers: fixturePlaces(upstream.origin) }, ...FIXTURE_CREDENTIALS });
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

async function answerTo(dialect: DialectName, fixture: Fixture) {
  upstream.script(played(fixture));
  const { path, body } = DIALECT_CALLS[dialect](fixture.streaming);
  const answer = await gateway.call(path, { model: MODELS[fixture.wireFormat], ...body });
  await gateway.settled();
  return answer;
}

const answers = fixtures().filter(({ status, facts }) => status === 200 && facts !== undefined);
/** What its own provider calls of no use, under a good status. */
const useless = answers.filter(({ facts }) => facts?.unified === 'error');
const good = answers.filter((fixture) => !useless.includes(fixture));

describe.each(DIALECTS)('a caller of %s', (dialect) => {
  test.each(useless.filter(({ wireFormat }) => wireFormat !== dialect).map((fixture) => [fixture.id, fixture] as const))(
    'gets an error for %s, and never a success',
    async (_id, fixture) => {
      const answer = await answerTo(dialect, fixture);

      if (answer.status === 200) expect(readStream(dialect, answer.text)).toMatchObject({ terminals: ['error'] });
      else expect(answer.status).toBe(502);
      expect(gateway.records().at(-1)).toMatchObject({ outcome: 'upstream_error' });
    },
  );
});

/** The grid of the codecs knows them all in every dialect; here they take turns. */
const crossed = good.map((fixture, index) => {
  const others = DIALECTS.filter((name) => name !== fixture.wireFormat);
  return [fixture.id, others[index % others.length] as DialectName, fixture] as const;
});

test.each(crossed)('E01 %s reaches a %s caller over sockets', async (_id, dialect, fixture) => {
  const { expected } = scenarioOf(fixture);

  const answer = await answerTo(dialect, fixture);

  expect(answer.status).toBe(200);
  const told = fixture.streaming ? readStream(dialect, answer.text) : readAnswer(dialect, answer.json);
  const refusal = dialect === 'anthropic-messages' ? (fixture.facts?.refusal ?? '') : '';
  expect(told.text).toBe((fixture.facts?.text ?? '') + refusal);
  expect(told.toolCalls.map(({ name, args }) => ({ name, args: JSON.parse(args) as unknown }))).toEqual(expected?.toolCalls);
  expect(told.finish).toBe(expected?.finish[dialect]);
});

const same = good.filter(({ wireFormat }) => DIALECTS.some((name) => name === wireFormat));

test.each(same.map((fixture) => [fixture.id, fixture] as const))('%s passes through its own dialect unchanged', async (_id, fixture) => {
  const answer = await answerTo(fixture.wireFormat as DialectName, fixture);

  expect(answer.status).toBe(200);
  if (!fixture.streaming) return expect(answer.json).toEqual(fixture.response as JsonObject);
  const parsed = (text: string) =>
    sseEvents(text).flatMap(({ event, data }) => {
      try {
        return [{ event, data: data === '[DONE]' ? data : (JSON.parse(data) as unknown) }];
      } catch {
        // A damaged event is dropped and counted.
        return [];
      }
    });
  const sent = parsed(bytesOf(fixture).toString('utf8'));
  const received = parsed(answer.text);
  expect(received.slice(0, sent.length)).toEqual(sent);
  // An end that the provider forgot is added, and nothing else.
  expect(received.slice(sent.length)).toEqual(sent.length === received.length ? [] : [{ event: 'message', data: '[DONE]' }]);
});
