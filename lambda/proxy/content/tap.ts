import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { contentFact, contentKey, type ObjectStore } from '../../archive';
import type { Peppers } from '../../identity';
import { isoTime } from '../../platform/runtime';
import type { OpenTap, Tap } from '../after/tap';
import type { Trace } from '../after/trace';
import { type ContentWish, subjectsOf } from './policy';

export interface ContentLogParts {
  readonly objects: Pick<ObjectStore, 'put'>;
  peppers(): Promise<Peppers>;
  readonly clock: { now(): number };
  /** Bytes of an answer after which they are written and let go. Default: 4 MiB. */
  readonly pieceBytes?: number;
}

const PIECE_BYTES = 4 * 1024 * 1024;
/** What is masked has to be looked at as a whole; what is longer is cut. */
const MOST_REDACTED_BYTES = 16 * 1024 * 1024;
const GZIP = 'application/gzip';
const compress = promisify(gzip);

/** Keeps contents in a bucket: one object a request, and one for each piece of an answer that is too long to be held. */
export function createContentLog(parts: ContentLogParts): Tap {
  return { open: ({ body }, trace) => new OpenContent(parts, body, trace) };
}

class OpenContent implements OpenTap {
  private held: Buffer[] = [];
  private heldBytes = 0;
  private dropped = false;
  private readonly pieces: Promise<unknown>[] = [];

  public constructor(
    private readonly parts: ContentLogParts,
    private readonly request: Buffer,
    private readonly trace: Trace,
  ) {}

  public sent(bytes: Buffer): void {
    const level = this.trace.contents?.level;
    if (level !== 'full' && level !== 'redacted') return;
    if (level === 'redacted' && this.heldBytes + bytes.length > MOST_REDACTED_BYTES) {
      this.dropped = true;
      return;
    }
    this.held.push(bytes);
    this.heldBytes += bytes.length;
    if (level === 'full' && this.heldBytes >= (this.parts.pieceBytes ?? PIECE_BYTES)) this.writePiece();
  }

  public async end(): Promise<void> {
    const { contents } = this.trace;
    if (contents === undefined) return;
    const answer = this.take();
    const told = { ...about(this.trace, contents, isoTime(this.parts.clock.now())), ...(await this.said(contents, answer)) };
    const body = await compress(JSON.stringify(told));
    await Promise.all([...this.pieces, this.parts.objects.put(await this.keyOf(contents), body, { contentType: GZIP })]);
  }

  private async said({ level }: ContentWish, answer: Buffer): Promise<object> {
    if (level === 'metadata') return { request_bytes: this.request.length };
    if (level === 'full') {
      return { request: asText(this.request), answer: asText(answer), ...(this.pieces.length === 0 ? {} : { pieces: this.pieces.length }) };
    }
    const [request, sent] = [this.request.toString('utf8'), answer.toString('utf8')];
    return { ...(await import('./redact')).redacted(request, sent), ...(this.dropped ? { cut: true } : {}) };
  }

  /** Sent off at once, so that the process holds no more than one piece of an answer and what is on its way. */
  private writePiece(): void {
    const { contents } = this.trace;
    const [bytes, part] = [this.take(), this.pieces.length + 1];
    const written = Promise.all([this.keyOf(contents as ContentWish, part), compress(bytes)]).then(([key, body]) =>
      this.parts.objects.put(key, body, { contentType: GZIP }),
    );
    // Whoever waits for all pieces is told; until then a failure must not end the process.
    written.catch(() => undefined);
    this.pieces.push(written);
  }

  private take(): Buffer {
    const bytes = Buffer.concat(this.held);
    this.held = [];
    this.heldBytes = 0;
    return bytes;
  }

  private async keyOf(contents: ContentWish, part?: number): Promise<string> {
    const { current, byVersion } = await this.parts.peppers();
    const pepper = byVersion.get(current) as string;
    const facts = subjectsOf(contents, this.trace).map(({ kind, value }) => contentFact(pepper, kind, value));
    return contentKey(this.trace.requestId, [...new Set(facts)], part);
  }
}

function about(trace: Trace, { level }: ContentWish, at: string): object {
  const { requestId, keyId, teamId, projectId, userId, originalModel, provider, requestModel, status, outcome } = trace;
  return {
    id: requestId,
    at,
    level,
    key_id: keyId,
    team_id: teamId,
    project_id: projectId,
    user_id: userId,
    // What callers write may hold what is masked elsewhere.
    labels: level === 'redacted' ? undefined : trace.labels,
    end_user: level === 'redacted' ? undefined : trace.endUser,
    dialect: trace.dialect,
    route: trace.route,
    original_model: originalModel,
    provider,
    request_model: requestModel,
    status,
    outcome,
  };
}

/** Bytes that are no text, such as forms and sound, in base64. */
function asText(bytes: Buffer): string | { readonly base64: string } {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : { base64: bytes.toString('base64') };
}
