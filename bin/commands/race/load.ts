import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** What became of one call. */
export interface Shot {
  /** HTTP status; 0: no answer at all. */
  readonly status: number;
  readonly code: string | undefined;
  /** `x-gateway-request-id`. */
  readonly requestId: string | undefined;
  readonly durationMs: number;
  /** What the gateway asks to wait before another call. */
  readonly retryAfterMs: number;
}

export interface LoadOptions {
  /** The gateway's URL, stage included. */
  readonly url: string;
  readonly key: string;
  readonly model: string;
  readonly parallel: number;
  readonly requests: number;
  readonly maxTokens: number;
}

const TIMEOUT_MS = 120_000;
const LONGEST_PAUSE_MS = 5_000;

/** Sends calls, so many at a time, and waits for all of them. */
export async function fire(options: LoadOptions): Promise<readonly Shot[]> {
  const { url, parallel, requests } = options;
  const secure = url.startsWith('https:');
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, maxSockets: parallel })
    : new HttpAgent({ keepAlive: true, maxSockets: parallel });
  const shots: Shot[] = [];
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < requests) {
      begun += 1;
      const shot = await shoot(options, agent);
      shots.push(shot);
      // Like a well-behaved client: what is reserved now may be free again later.
      if (shot.retryAfterMs > 0 && begun < requests) await new Promise((resolve) => setTimeout(resolve, shot.retryAfterMs));
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(parallel, requests) }, worker));
  } finally {
    agent.destroy();
  }
  return shots;
}

function shoot({ url, key, model, maxTokens }: LoadOptions, agent: HttpAgent | HttpsAgent): Promise<Shot> {
  const body = Buffer.from(JSON.stringify({ model, max_tokens: maxTokens, messages: [{ role: 'user', content: 'Count to ten.' }] }));
  const begun = performance.now();
  return new Promise((resolve) => {
    const done = (status: number, requestId?: string, text = '', retryAfter?: string) => {
      const seconds = Number(retryAfter ?? 0);
      const retryAfterMs = seconds > 0 ? Math.min(seconds * 1_000, LONGEST_PAUSE_MS) : 0;
      resolve({ status, code: status >= 400 ? codeOf(text) : undefined, requestId, durationMs: performance.now() - begun, retryAfterMs });
    };
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-length': String(body.length) };
    const request = send(`${url}/v1/chat/completions`, { method: 'POST', agent, headers, timeout: TIMEOUT_MS }, (answer) => {
      const id = answer.headers['x-gateway-request-id'];
      const requestId = typeof id === 'string' ? id : undefined;
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        done(answer.statusCode ?? 0, requestId, Buffer.concat(chunks).toString('utf8'), answer.headers['retry-after']),
      );
      answer.on('error', () => done(0, requestId));
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', () => done(0));
    request.end(body);
  });
}

function codeOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { code?: string } }).error?.code;
  } catch {
    return undefined;
  }
}
