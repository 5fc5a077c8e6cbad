import type { InboundReply, OutboundRequest, Transport } from '../../platform/http';
import { BodyTooLargeError, TransportError } from '../../platform/http';
import { isJsonObject, type JsonObject, parseJson } from '../../platform/json';
import { NoVerdict, type Question } from './service';

/** What a verdict may hold beside the masked texts. */
const BESIDE_TEXTS_BYTES = 256 * 1024;
/** A character is four bytes at most, or six where JSON escapes it. */
const BYTES_A_CHARACTER = 6;

/**
 * Asks over HTTP and reads the answer as JSON.
 *
 * @throws NoVerdict
 */
export async function askByHttp(
  transport: Transport,
  request: OutboundRequest,
  { texts, timeoutMs, wanted }: Pick<Question, 'texts' | 'timeoutMs' | 'wanted'>,
): Promise<JsonObject> {
  try {
    const deadlines = { connectMs: timeoutMs, headersMs: timeoutMs, idleMs: timeoutMs, totalMs: timeoutMs };
    const reply = await transport.send(request, deadlines, wanted);
    return await readAnswer(reply, texts);
  } catch (error) {
    throw asNoVerdict(error);
  }
}

async function readAnswer(reply: InboundReply, texts: readonly string[]): Promise<JsonObject> {
  if (reply.status !== 200) {
    reply.destroy();
    throw new NoVerdict('refused', Object.assign(new Error('the service answered with an error'), { name: `HTTP ${reply.status}` }));
  }
  const characters = texts.reduce((count, text) => count + text.length, 0);
  const body = await reply.whole(BESIDE_TEXTS_BYTES + BYTES_A_CHARACTER * 2 * characters);
  const answer = parseJson(body.toString('utf8'));
  if (!isJsonObject(answer)) throw new NoVerdict('malformed');
  return answer;
}

function asNoVerdict(error: unknown): NoVerdict {
  if (error instanceof NoVerdict) return error;
  if (error instanceof BodyTooLargeError) return new NoVerdict('malformed', error);
  return new NoVerdict(error instanceof TransportError && error.failure === 'timeout' ? 'timeout' : 'unreachable', error);
}
