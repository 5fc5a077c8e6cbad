import { callGateway } from '../../../local/first-key';

/** What became of the calls of one scene. */
export interface Heard {
  /** By status; 0: none came. */
  readonly answers: ReadonlyMap<number, number>;
  readonly answered: number;
  readonly calls: number;
  readonly longestMs: number;
}

const PARALLEL = 4;
const PAUSE_MS = 20;

/** Calls, some at a time, streamed and not, in every dialect, until the time is over. */
export async function callFor(seconds: number, url: string, key: string): Promise<Heard> {
  const endMs = performance.now() + seconds * 1_000;
  const answers = new Map<number, number>();
  let calls = 0;
  let answered = 0;
  let longestMs = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const { path, body } = CALLS[calls % CALLS.length] as (typeof CALLS)[number];
      calls += 1;
      const begunMs = performance.now();
      const { status } = await callGateway('POST', `${url}${path}`, key, body).catch(() => ({ status: 0 }));
      longestMs = Math.max(longestMs, performance.now() - begunMs);
      if (status === 200) answered += 1;
      answers.set(status, (answers.get(status) ?? 0) + 1);
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, caller));
  return { answers, answered, calls, longestMs };
}

/** Quick answers: what the table does is what counts. */
const SAID = 'Count to ten. [simulate tokens=20 speed=0 first-token=0]';
const MODEL = 'simulated/simulated-1';
const CALLS = [true, false].flatMap((stream) => [
  { path: '/v1/chat/completions', body: { model: MODEL, stream, max_tokens: 64, messages: [{ role: 'user', content: SAID }] } },
  { path: '/v1/responses', body: { model: MODEL, stream, max_output_tokens: 64, store: false, input: SAID } },
  { path: '/v1/messages', body: { model: MODEL, stream, max_tokens: 64, messages: [{ role: 'user', content: SAID }] } },
]);
