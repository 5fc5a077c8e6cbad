/** The load generator: keep-alive callers that check every answer, so that a wrong or mixed one is an error and not a speed. */
import { Agent, request as send } from 'node:http';
import { performance } from 'node:perf_hooks';

let serial = 0;
const SENTENCE = 'Please answer "in short":\n';
const ORDINARY_BYTES = 980;

/** @param target where it listens, with `key`, and `model` as its callers name it */
export function createCaller({ port, path, key, model }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });

  function post(content, stream, onResponse, onError) {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content }], max_tokens: 16_000, ...(stream ? { stream } : {}) });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}`, 'content-length': Buffer.byteLength(body) };
    const request = send({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, onResponse);
    request.on('error', onError);
    request.end(body);
    return request;
  }

  /**
   * One call, checked. Resolves to `{ firstByteMs }`.
   *
   * @param options `bytes` of the prompt; `gaps` takes the milliseconds between the pieces of the answer
   */
  function call({ stream, directive = '', bytes = ORDINARY_BYTES, gaps }) {
    serial += 1;
    const nonce = String(serial).padStart(12, '0');
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const read = (response) => {
        let firstByteMs;
        let lastMs;
        const parts = [];
        response.on('data', (part) => {
          const nowMs = performance.now();
          firstByteMs ??= nowMs - started;
          if (gaps !== undefined && lastMs !== undefined) gaps.push(nowMs - lastMs);
          lastMs = nowMs;
          parts.push(part);
        });
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          const complete = stream ? text.endsWith('data: [DONE]\n\n') : text.endsWith('}');
          if (response.statusCode === 200 && complete && text.includes(nonce)) return resolve({ firstByteMs });
          reject(new Error(`wrong answer ${response.statusCode}: ${text.slice(-300)}`));
        });
      };
      post(`${nonce} ${directive} ${SENTENCE.repeat(Math.ceil(bytes / SENTENCE.length))}`, stream, read, reject);
    });
  }

  /** Opens a stream; resolves at its first byte to a function that hangs up. */
  function hold(directive) {
    return new Promise((resolve, reject) => {
      const request = post(
        `000000000000 ${directive}`,
        true,
        (response) => {
          response.once('data', () => resolve(() => request.destroy()));
          response.on('error', () => {});
        },
        reject,
      );
    });
  }

  /** Runs calls with `width` in flight until the time is up, and rejects at the end when one of them went wrong. */
  async function run({ milliseconds, width, ...options }) {
    const until = performance.now() + milliseconds;
    const done = [];
    const ends = await Promise.allSettled(
      Array.from({ length: width }, async () => {
        while (performance.now() < until) done.push(await call(options));
      }),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return done;
  }

  return { call, hold, run };
}
