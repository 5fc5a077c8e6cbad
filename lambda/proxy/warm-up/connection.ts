import { Duplex } from 'node:stream';
import type { DynamoDbConnector } from '../../aws/dynamodb';
import type { JsonObject } from '../../platform/json';
import { parseJson } from '../../platform/json';
import type { TransportOptions } from '../../platform/transport';
import { answerOf, type StandInAnswer } from './answers';

const TABLE_CALLS: Readonly<Record<string, keyof DynamoDbConnector>> = {
  BatchGetItem: 'batchGetItem',
  GetItem: 'getItem',
  PutItem: 'putItem',
  UpdateItem: 'updateItem',
  Query: 'query',
};
const END_OF_HEAD = '\r\n\r\n';

/** A call as it came. */
interface Received {
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

interface Reply extends StandInAnswer {
  readonly status: number;
}

/**
 * Connects to nobody: at the other end stands what answers in this process. Calls to the table are answered by a stand-in, calls to providers
 * as they would answer a greeting, so that the code of the HTTP client is run as well.
 */
export function createStandInConnect(table: DynamoDbConnector): NonNullable<TransportOptions['connect']> {
  const answer = (call: Received): Promise<Reply> | Reply => {
    const target = call.headers.get('x-amz-target');
    if (target !== undefined) return tableAnswer(table, target.slice(target.indexOf('.') + 1), call.body);
    return { status: 200, ...answerOf(call.path, call.headers.get('accept') !== 'application/json') };
  };
  return (_options, callback) => {
    const socket = new StandInSocket(answer);
    queueMicrotask(() => (callback as (error: null, socket: unknown) => void)(null, socket));
  };
}

class StandInSocket extends Duplex {
  #bytes: Buffer = Buffer.alloc(0);

  public constructor(private readonly answer: (call: Received) => Promise<Reply> | Reply) {
    super();
  }

  public ref(): this {
    return this;
  }

  public unref(): this {
    return this;
  }

  public override _read(): void {
    // What there is to read is pushed.
  }

  public override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    this.#receive();
    done();
  }

  #receive(): void {
    const end = this.#bytes.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const [line = '', ...lines] = this.#bytes.toString('latin1', 0, end).split('\r\n');
    const headers = new Map(lines.map((text) => splitAt(text, ':')));
    const bodyAt = end + END_OF_HEAD.length;
    const bodyEnd = bodyAt + Number(headers.get('content-length') ?? 0);
    if (this.#bytes.length < bodyEnd) return;
    const body = this.#bytes.subarray(bodyAt, bodyEnd);
    this.#bytes = this.#bytes.subarray(bodyEnd);
    void this.#send({ path: line.split(' ')[1] ?? '', headers, body });
  }

  async #send(call: Received): Promise<void> {
    const { status, type, body } = await this.answer(call);
    this.push(`HTTP/1.1 ${status} -\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}${END_OF_HEAD}`);
    this.push(body);
  }
}

function splitAt(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at).toLowerCase(), text.slice(at + 1).trim()];
}

async function tableAnswer(table: DynamoDbConnector, operation: string, body: Buffer): Promise<Reply> {
  const method = TABLE_CALLS[operation];
  const run = method === undefined ? undefined : (table[method] as (input: unknown) => Promise<object>);
  if (run === undefined) throw new Error(`the stand-in does not know ${operation}`);
  try {
    return reply(200, await run(parseJson(body.toString('utf8'))));
  } catch (error) {
    const { name, ...fields } = error as Error & JsonObject;
    return reply(400, { ...fields, __type: `com.amazonaws.dynamodb#${name}` });
  }
}

function reply(status: number, value: object): Reply {
  return { status, type: 'application/x-amz-json-1.0', body: Buffer.from(JSON.stringify(value)) };
}
