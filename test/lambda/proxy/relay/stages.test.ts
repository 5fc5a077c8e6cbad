import type { JsonObject } from '../../../../lambda/platform/json/value';
import { frameSource } from '../../../../lambda/proxy/relay/frames';
import { type AnswerStage, type Onward, StageChain } from '../../../../lambda/proxy/relay/stages';
import { translated } from '../../../../lambda/proxy/relay/translated';
import type { StreamSink } from '../../../../lambda/proxy/relay/translation';
import { answerOf, eventsOf } from '../../../../lambda/wire/model';
import type { StreamEvent } from '../../../../lambda/wire/model/response';
import { CONTEXT, checkBlocks, DIALECTS } from '../../../support/answer-grid';
import { readStream } from '../../../support/answers';
import { bytesOf, fixtures, PROTOCOLS } from '../../../support/fixtures';
import { ChangingStage, changed } from '../../../support/stages';

const good = fixtures().filter(({ status, facts }) => status === 200 && facts !== undefined);

/** The shortest stream of each protocol that holds a text. */
const shortest = Object.keys(PROTOCOLS).flatMap((protocol) => {
  const streams = good.filter(({ wireFormat, streaming, facts }) => wireFormat === protocol && streaming && facts?.text !== '');
  return streams.sort((first, second) => bytesOf(first).length - bytesOf(second).length).slice(0, 1);
});

const pairs = shortest.flatMap((fixture) => DIALECTS.map((dialect) => [fixture.id, dialect.name, fixture, dialect] as const));

test('every protocol has a stream that is cut', () => {
  expect(new Set(shortest.map(({ wireFormat }) => wireFormat))).toEqual(new Set(Object.keys(PROTOCOLS)));
});

/** What the caller gets of a stream that comes in pieces. */
function relayed(pieces: readonly Buffer[], protocolName: keyof typeof PROTOCOLS, dialect: (typeof DIALECTS)[number]): string {
  const protocol = PROTOCOLS[protocolName];
  const source = frameSource(protocol.framing);
  const translation = translated(protocol.streamDecoder(), dialect.streamEncoder(CONTEXT), [new ChangingStage()]);
  let text = '';
  let ended = false;
  const sink: StreamSink = {
    begun: () => undefined,
    preamble: (bytes) => (text += String(bytes)),
    content: (bytes) => (text += String(bytes)),
    complete: () => {
      ended = true;
    },
    fail: (error) => {
      throw error;
    },
  };
  for (const piece of pieces) if (!ended) translation.frames(source.push(piece), sink);
  if (!ended) translation.frames(source.finish(), sink);
  if (!ended) translation.end(sink);
  return text;
}

test.each(pairs)('E01 %s that a stage changes for a %s caller is the same wherever its bytes are cut', (_p, _d, fixture, dialect) => {
  const bytes = bytesOf(fixture);
  const whole = relayed([bytes], fixture.wireFormat, dialect);

  const told = readStream(dialect.name, whole);
  expect(told.text).toContain(changed(fixture.facts?.text ?? ''));
  for (let cut = 1; cut < bytes.length; cut += 1) {
    if (relayed([bytes.subarray(0, cut), bytes.subarray(cut)], fixture.wireFormat, dialect) !== whole)
      throw new Error(`another answer when cut at byte ${cut}`);
  }
});

const wholes = good.filter(({ streaming }) => !streaming);

test.each(wholes.map((fixture) => [fixture.id, fixture] as const))('%s told in events is well formed and says the same', (_id, fixture) => {
  const response = PROTOCOLS[fixture.wireFormat].decodeResponse(fixture.response as JsonObject);
  const events = eventsOf(response);

  checkBlocks(events);
  const { serviceTier: _tier, systemFingerprint: _fingerprint, ...shown } = response;
  expect(answerOf(response, events, events)).toEqual(shown);
});

describe('what comes out of a chain of stages', () => {
  const start: StreamEvent = { type: 'start' };
  const open = (choice = 0): StreamEvent => ({ type: 'text-start', choice, block: 0 });
  const delta = (text: string, choice = 0): StreamEvent => ({ type: 'text-delta', choice, block: 0, text });
  const close = (choice = 0): StreamEvent => ({ type: 'text-end', choice, block: 0 });
  const finish = (choice = 0): StreamEvent => ({ type: 'finish', choice, reason: { unified: 'stop' } });
  const end: StreamEvent = { type: 'end' };
  const filtered = (choice = 0): StreamEvent => ({ type: 'finish', choice, reason: { unified: 'content-filter' } });

  function through(events: readonly StreamEvent[], ...takes: AnswerStage['take'][]) {
    const out: StreamEvent[] = [];
    const chain = new StageChain(
      takes.map((take) => ({ take })),
      (event) => out.push(event),
    );
    for (const event of events) chain.take(event);
    return { out, chain };
  }

  test('stages see what those before them let pass, in order', () => {
    const { out } = through(
      [start, open(), delta('a'), close(), finish(), end],
      (event, onward) => onward(event.type === 'text-delta' ? { ...event, text: `${event.text}b` } : event),
      (event, onward) => onward(event.type === 'text-delta' ? { ...event, text: `${event.text}c` } : event),
    );

    expect(out).toEqual([start, open(), delta('abc'), close(), finish(), end]);
  });

  test('an answer that is ended early is closed, finished and ended once, in every choice', () => {
    const { out, chain } = through([start, open(0), delta('a'), open(1), delta('b', 1), delta('bad'), close()], (event, onward) => {
      if (event.type !== 'text-delta' || event.text !== 'bad') return onward(event);
      onward(filtered());
      onward(end);
      onward(delta('after'));
    });

    expect(out).toEqual([start, open(0), delta('a'), open(1), delta('b', 1), close(0), filtered(0), close(1), filtered(1), end]);
    expect(chain.endedByStage).toEqual({ complete: false });
  });

  test('an error ends it, whatever is open, and nothing follows', () => {
    const error = Object.assign(new Error('no'), { code: 'content_policy_violation' });
    const { out, chain } = through([start, open(), delta('a'), close(), finish(), end], (event, onward) => {
      onward(event.type === 'text-delta' ? { type: 'error', error: error as never } : event);
    });

    expect(out).toEqual([start, open(), { type: 'error', error }]);
    expect(chain.endedByStage).toEqual({ complete: false });
  });

  test.each([
    [
      'that throws',
      () => {
        throw new Error('bug');
      },
    ],
    [
      'that goes on with a block that is not open',
      (event: StreamEvent, onward: Onward) => onward(event.type === 'text-start' ? delta('x') : event),
    ],
  ] as const)('a stage %s ends the answer in an error of ours', (_name, take) => {
    const { out } = through([start, open(), delta('a')], take);

    expect(out.at(-1)).toMatchObject({ type: 'error', error: { status: 500, code: 'internal_error', message: 'The gateway failed.' } });
  });

  test('what is held back when the provider has ended is waited for', () => {
    const held: (() => void)[] = [];
    const { out, chain } = through([start, open(), delta('a'), close(), finish(), end], (event, onward) => held.push(() => onward(event)));

    expect([out, chain.pending]).toEqual([[], true]);
    for (const release of held) release();
    expect([out.length, chain.pending, chain.endedByStage]).toEqual([6, false, undefined]);
  });
});
