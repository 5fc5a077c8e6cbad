import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { BodyReader, type InboundReply, type ReplyReader, streamReply, type Transport } from '../platform/http';
import { type JsonObject, parseJson } from '../platform/json';
import { AwsEventStreamDecoder, type EventStreamMessage } from '../wire/framing';

/** What SageMaker says when it fails, with what the container said: each text has 2,048 characters at the most. */
const MOST_ERROR_BYTES = 65_536;
const EVENT_STREAM = 'application/vnd.amazon.eventstream';
/** Ends whatever line the container was in. */
const NEW_EVENT = '\n\ndata: ';
const END_OF_EVENT = '\n\n';

/**
 * Sends calls to endpoints of SageMaker and gives what their containers answered: the bytes of a stream out of the messages that carry
 * them, and a container's refusal out of the failure that it is wrapped in.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_ResponseStream.html
 */
export function createSageMakerTransport(transport: Transport): Transport {
  return {
    async send(request, deadlines, wanted) {
      const reply = await transport.send(request, deadlines, wanted);
      if (reply.status >= 400) return refusal(reply);
      return reply.headers['content-type']?.startsWith(EVENT_STREAM) === true ? new ContainerReply(reply) : reply;
    },
  };
}

/** What a container streams. */
class ContainerReply implements InboundReply {
  public readonly status: number;
  public readonly headers: IncomingHttpHeaders;
  #isOver = false;

  public constructor(private readonly reply: InboundReply) {
    this.status = reply.status;
    const type = reply.headers['x-amzn-sagemaker-content-type'];
    this.headers = { ...reply.headers, 'content-type': typeof type === 'string' ? type : 'text/event-stream' };
  }

  public read(reader: ReplyReader): void {
    const decoder = new AwsEventStreamDecoder();
    const guarded = (step: () => void): void => {
      try {
        step();
      } catch (error) {
        this.#isOver = true;
        this.reply.destroy();
        reader.cut(error as Error);
      }
    };
    this.reply.read({
      take: (chunk) => {
        if (!this.#isOver) guarded(() => this.#hand(decoder.push(chunk), reader));
      },
      end: () => {
        if (this.#isOver) return;
        guarded(() => {
          decoder.end();
          reader.end();
        });
      },
      cut: (error) => {
        if (!this.#isOver) reader.cut(error);
      },
    });
  }

  /** After the container's last word nothing is handed on. */
  #hand(messages: readonly EventStreamMessage[], reader: ReplyReader): void {
    for (const { headers, payload } of messages) {
      if (this.#isOver) return;
      if (headers[':message-type'] === 'event') {
        if (headers[':event-type'] === 'PayloadPart') reader.take(payload);
        continue;
      }
      this.#isOver = true;
      this.reply.destroy();
      reader.take(errorEvent(payload));
      reader.end();
    }
  }

  public whole(maxBytes: number): Promise<Buffer> {
    return new Promise((fulfil, reject) => this.read(new BodyReader(maxBytes, fulfil, reject, this)));
  }

  public pause(): void {
    this.reply.pause();
  }

  public resume(): void {
    this.reply.resume();
  }

  public destroy(error?: Error): void {
    this.reply.destroy(error);
  }
}

/** A stream that broke, as servers of OpenAI's dialect say it. */
function errorEvent(payload: Buffer): Buffer {
  const { Message, ErrorCode } = fieldsOf(payload);
  const type = ErrorCode === 'ModelInvocationTimeExceeded' ? 'timeout_error' : 'server_error';
  const error = { type, message: typeof Message === 'string' ? Message : 'The stream of the endpoint broke.' };
  return Buffer.from(`${NEW_EVENT}${JSON.stringify({ error })}${END_OF_EVENT}`);
}

/** What the container refused, in its own words and status; what is wrong with the endpoint, as with a model that is not there. */
async function refusal(reply: InboundReply): Promise<InboundReply> {
  const body = await reply.whole(MOST_ERROR_BYTES);
  const { OriginalStatusCode: status, OriginalMessage: said } = fieldsOf(body);
  const name = String(reply.headers['x-amzn-errortype'] ?? '').split(':', 1)[0];
  if (typeof status === 'number' && status >= 400 && status < 600) return told(status, saidBy(said));
  if (name === 'ValidationError') return told(404, body);
  return told(reply.status, body, reply.headers);
}

/** Servers answer in JSON; a text of another kind, or one that was cut, is their message. */
function saidBy(text: unknown): Buffer {
  if (typeof text !== 'string') return Buffer.from('{}');
  const bytes = Buffer.from(text);
  return Object.keys(fieldsOf(bytes)).length > 0 ? bytes : Buffer.from(JSON.stringify({ message: text }));
}

function told(status: number, body: Buffer, headers: IncomingHttpHeaders = {}): InboundReply {
  return streamReply(status, { ...headers, 'content-type': 'application/json' }, Readable.from([body]));
}

function fieldsOf(bytes: Buffer): JsonObject {
  try {
    const value = parseJson(bytes.toString('utf8'));
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}
