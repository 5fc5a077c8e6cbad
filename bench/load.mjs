/** The load generator: keep-alive callers that check every answer, so that a wrong or mixed one is an error and not a speed. */
import { Agent, request as send } from 'node:http';
import { performance } from 'node:perf_hooks';

let serial = 0;
/** The ledger gives a table a second and a half, which a busy machine does not always have. So many calls may fall victim to that. */
const MOST_TOO_SLOW = 200;

export function createCaller({ port, path, key, model }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
  let tooSlow = 0;

  function post(content, stream, onResponse, onError) {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content }], max_tokens: 16_000, ...(stream ? { stream } : {}) });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}`, 'content-length': Buffer.byteLength(body) };
    const request = send({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, onResponse);
    request.on('error', onError);
    request.end(body);
    return request;
  }

  /** One call, checked. Resolves to `{ firstByteMs }`. */
  function call({ stream, directive = '' }) {
    serial += 1;
    const nonce = String(serial).padStart(12, '0');
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const read = (response) => {
        let firstByteMs;
        const parts = [];
        response.on('data', (part) => {
          firstByteMs ??= performance.now() - started;
          parts.push(part);
        });
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          const complete = stream ? text.endsWith('data: [DONE]\n\n') : text.endsWith('}');
          if (response.statusCode === 200 && complete && text.includes(nonce)) return resolve({ firstByteMs });
          const code = response.statusCode === 503 && text.includes('"store_unavailable"') ? 'store_unavailable' : undefined;
          reject(Object.assign(new Error(`wrong answer ${response.statusCode}: ${text.slice(-300)}`), { code }));
        });
      };
      post(`${nonce} ${directive} ${'please answer '.repeat(70)}`, stream, read, reject);
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

  /** Runs calls with `width` in flight until the time is up. */
  async function run({ milliseconds, width, ...options }) {
    const until = performance.now() + milliseconds;
    const done = [];
    await Promise.all(
      Array.from({ length: width }, async () => {
        while (performance.now() < until) {
          try {
            done.push(await call(options));
          } catch (error) {
            tooSlow += 1;
            if (error.code !== 'store_unavailable' || tooSlow > MOST_TOO_SLOW) throw error;
          }
        }
      }),
    );
    return done;
  }

  return { call, hold, run };
}
