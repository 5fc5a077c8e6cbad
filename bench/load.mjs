/** The load generator: keep-alive callers that check every answer, so that a wrong or mixed one is an error and not a speed. */
import { Agent, request as send } from 'node:http';
import { performance } from 'node:perf_hooks';

let serial = 0;

export function createCaller({ port, path, key, model = 'bench/gpt-4o-mini' }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });

  /** One call; resolves to { firstByteMs, totalMs, chunks }. */
  function call({ stream, directive = '' }) {
    serial += 1;
    const nonce = String(serial).padStart(12, '0');
    const content = `${nonce} ${directive} ${'please answer '.repeat(70)}`;
    const body = JSON.stringify({
      model,
      messages: [{ role: 'user', content }],
      max_tokens: 16_000,
      ...(stream ? { stream: true } : {}),
    });
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const request = send(
        {
          host: '127.0.0.1',
          port,
          path,
          method: 'POST',
          agent,
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, 'content-length': Buffer.byteLength(body) },
        },
        (response) => {
          let firstByteMs;
          let chunks = 0;
          const parts = [];
          response.on('data', (part) => {
            firstByteMs ??= performance.now() - started;
            chunks += 1;
            parts.push(part);
          });
          response.on('end', () => {
            const text = Buffer.concat(parts).toString();
            const complete = stream ? text.endsWith('data: [DONE]\n\n') : text.endsWith('}');
            if (response.statusCode !== 200 || !text.includes(nonce) || !complete)
              return reject(new Error(`wrong answer ${response.statusCode}: ${text.slice(-300)}`));
            resolve({ firstByteMs, totalMs: performance.now() - started, chunks });
          });
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  /** Opens a stream, resolves at its first byte to a function that hangs up. */
  function hold(directive) {
    const body = JSON.stringify({
      model,
      messages: [{ role: 'user', content: `000000000000 ${directive}` }],
      max_tokens: 16_000,
      stream: true,
    });
    return new Promise((resolve, reject) => {
      const request = send(
        {
          host: '127.0.0.1',
          port,
          path,
          method: 'POST',
          agent,
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, 'content-length': Buffer.byteLength(body) },
        },
        (response) => {
          response.once('data', () => resolve(() => request.destroy()));
          response.on('error', () => {});
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  /** Runs calls with `width` in flight until the time is up. */
  async function run({ milliseconds, width, ...options }) {
    const until = performance.now() + milliseconds;
    const done = [];
    await Promise.all(
      Array.from({ length: width }, async () => {
        while (performance.now() < until) done.push(await call(options));
      }),
    );
    return done;
  }

  return { call, hold, run, close: () => agent.destroy() };
}
