import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** The gateway refused, or could not be reached. */
export class AdminError extends Error {
  public constructor(
    message: string,
    /** HTTP status; absent when there was no answer. */
    public readonly status?: number,
    public readonly code?: string,
    public readonly requestId?: string,
  ) {
    super(message);
    this.name = 'AdminError';
  }
}

export interface CallOptions {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** A page of a list, as the admin API answers it. */
export interface Listed {
  readonly data: readonly Record<string, unknown>[];
  readonly next_cursor: string | null;
}

const TIMEOUT_MS = 35_000;

/** Calls the admin API of one gateway. */
export class AdminClient {
  private readonly base: URL;

  /**
   * @param url of the gateway, stage included: `https://abc.execute-api.eu-central-1.amazonaws.com/prod`
   * @param prefix of every path. Default: the admin API's.
   */
  public constructor(
    url: string,
    private readonly key: string,
    prefix = '/admin/v1',
  ) {
    this.base = new URL(`${url.replace(/\/+$/, '')}${prefix}`);
  }

  /** The answer's JSON; `undefined` for an empty one. @throws AdminError for anything but a 2xx answer */
  public async json<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
    const reply = await this.send(method, path, options);
    return (reply.text === '' ? undefined : JSON.parse(reply.text)) as T;
  }

  /** The answer as it came. @throws AdminError for anything but a 2xx answer */
  public async send(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
    const reply = await this.exchange(method, path, options);
    if (reply.status >= 200 && reply.status < 300) return reply;
    throw refusal(reply);
  }

  /** Every entry of a list, page by page, up to `most`. */
  public async *each(
    path: string,
    query: CallOptions['query'] = {},
    most = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<Record<string, unknown>> {
    let cursor: string | undefined;
    let count = 0;
    do {
      const limit = String(Math.max(1, Math.min(200, most - count)));
      const page: Listed = await this.json('GET', path, { query: { ...query, limit, cursor } });
      for (const entry of page.data) {
        if (count >= most) return;
        count += 1;
        yield entry;
      }
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined && count < most);
  }

  private exchange(method: string, path: string, options: CallOptions): Promise<Reply> {
    const url = new URL(this.base);
    url.pathname += path;
    for (const [name, value] of Object.entries(options.query ?? {})) if (value !== undefined) url.searchParams.set(name, value);
    const body = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body));
    const headers: Record<string, string> = {
      authorization: `Bearer ${this.key}`,
      accept: 'application/json, text/csv',
      ...options.headers,
    };
    if (body !== undefined) Object.assign(headers, { 'content-type': 'application/json', 'content-length': String(body.length) });

    return new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = send(url, { method, headers, timeout: TIMEOUT_MS }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', (error) => reject(unreachable(url, error)));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)));
      request.on('error', (error) => reject(unreachable(url, error)));
      request.end(body);
    });
  }
}

function unreachable(url: URL, error: Error): AdminError {
  return new AdminError(`cannot reach the gateway at ${url.origin}: ${error.message || (error as NodeJS.ErrnoException).code}`);
}

function refusal(reply: Reply): AdminError {
  const requestId = reply.headers['x-gateway-request-id'];
  const { message: said, code } = errorOf(reply.text);
  const elsewhere = said === undefined && (reply.status === 403 || reply.status === 404);
  const message =
    said ?? `the gateway answered ${reply.status}${elsewhere ? "; is the URL the gateway's own, with its stage (/prod)?" : ''}`;
  const id = typeof requestId === 'string' ? requestId : undefined;
  const detail = [code, id === undefined ? undefined : `request ${id}`].filter((part) => part !== undefined).join(', ');
  return new AdminError(detail === '' ? message : `${message} (${detail})`, reply.status, code, id);
}

/** What an error answer says; nothing when it is not of the gateway's form, such as API Gateway's own. */
function errorOf(text: string): { readonly message?: string; readonly code?: string } {
  try {
    return (JSON.parse(text) as { error?: { message?: string; code?: string } }).error ?? {};
  } catch {
    return {};
  }
}
