import { isObject } from '../template/json';

/** Status and headers that a function asks for. */
export interface ResponseHead {
  readonly status: number;
  /** Name, value, name, value, ... */
  readonly headers: readonly string[];
}

/** The function's answer does not have the form that API Gateway needs. */
export class MalformedResponseError extends Error {
  public constructor(message: string) {
    super(message);
    this.name = 'MalformedResponseError';
  }
}

/** API Gateway renames these when a function sets them. */
const REMAPPED = new Set(['connection', 'content-length', 'date', 'keep-alive', 'server', 'www-authenticate']);
/** These describe the connection, which is API Gateway's own. */
const DROPPED = new Set(['proxy-authenticate', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'via']);

/**
 * Reads `statusCode`, `headers`, `multiValueHeaders` and `cookies`.
 *
 * @throws MalformedResponseError
 */
export function readResponseHead(metadata: unknown, headerBytes: number): ResponseHead {
  if (!isObject(metadata)) throw new MalformedResponseError('the metadata is not a JSON object');
  const status = metadata.statusCode === undefined ? 200 : Number(metadata.statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new MalformedResponseError(`statusCode must be 200 to 599, got ${JSON.stringify(metadata.statusCode)}`);
  }
  const headers: string[] = [];
  const multiple = isObject(metadata.multiValueHeaders) ? metadata.multiValueHeaders : {};
  const repeated = new Set(Object.keys(multiple).map((name) => name.toLowerCase()));
  for (const [name, value] of Object.entries(isObject(metadata.headers) ? metadata.headers : {})) {
    if (!repeated.has(name.toLowerCase())) add(headers, name, value);
  }
  for (const [name, values] of Object.entries(multiple)) {
    for (const value of Array.isArray(values) ? values : [values]) add(headers, name, value);
  }
  for (const cookie of Array.isArray(metadata.cookies) ? metadata.cookies : []) headers.push('Set-Cookie', String(cookie));
  const size = headers.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  if (size > headerBytes) throw new MalformedResponseError(`the headers have ${size} bytes; the most is ${headerBytes}`);
  return { status, headers };
}

function add(headers: string[], name: string, value: unknown): void {
  if (value === null || value === undefined) return;
  const lower = name.toLowerCase();
  if (DROPPED.has(lower)) return;
  headers.push(REMAPPED.has(lower) ? `x-amzn-Remapped-${name}` : name, String(value));
}

const DELIMITER = Buffer.alloc(8);

/** Finds the end of a streamed answer's metadata: JSON, then eight NULs, within the first bytes. */
export class PreludeReader {
  private buffered: Buffer = Buffer.alloc(0);

  public constructor(
    private readonly preludeBytes: number,
    private readonly headerBytes: number,
  ) {}

  /**
   * @returns the head and the first bytes of the payload, once the delimiter has come
   * @throws MalformedResponseError
   */
  public push(chunk: Buffer): { readonly head: ResponseHead; readonly rest: Buffer } | undefined {
    this.buffered = this.buffered.length === 0 ? chunk : Buffer.concat([this.buffered, chunk]);
    const end = this.buffered.subarray(0, this.preludeBytes).indexOf(DELIMITER);
    if (end === -1) {
      if (this.buffered.length < this.preludeBytes) return undefined;
      throw new MalformedResponseError(`no delimiter of eight NULs within the first ${this.preludeBytes} bytes`);
    }
    let metadata: unknown;
    try {
      metadata = JSON.parse(this.buffered.toString('utf8', 0, end));
    } catch {
      throw new MalformedResponseError('the metadata before the delimiter is not JSON');
    }
    return { head: readResponseHead(metadata, this.headerBytes), rest: this.buffered.subarray(end + DELIMITER.length) };
  }
}
