import { systemClock } from '../../lambda/platform/runtime';
import { type JsonObject, jsonService } from './json-service';
import { nameOf, type Place } from './names';
import { type Message, type MessageAttribute, md5OfAttributes, md5OfBody, Queue, type QueueSettings, type ReceiveOptions } from './queue';
import { QueueJournal } from './queue-journal';
import { AwsError, type AwsRequest, type AwsService } from './service';

const MOST_BYTES = 1024 * 1024;
const MOST_MESSAGES = 10;

export interface QueuesOptions extends Place {
  /** Where messages are kept between runs. Default: in memory only. */
  readonly directory?: string;
  /** Epoch milliseconds. Default: the system's clock. */
  readonly now?: () => number;
}

export interface QueueDefinition {
  readonly name: string;
  /** Default: 30. */
  readonly visibilityTimeoutSeconds?: number;
  readonly delaySeconds?: number;
  /** `RedrivePolicy` of the template. */
  readonly redrivePolicy?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number | string };
}

/** A message as a function's event carries it. */
export type QueueRecord = Readonly<Record<string, unknown>> & { readonly messageId: string; readonly receiptHandle: string };

export interface Queues {
  /** Makes a queue, with the messages that are kept for it. Answers its ARN. */
  create(definition: QueueDefinition): string;
  /** For the one who runs the stand-ins: names or ARNs, no permission asked. */
  send(queue: string, body: string): string;
  receive(queue: string, options?: ReceiveOptions): Promise<Message[]>;
  delete(queue: string, receiptHandles: readonly string[]): void;
  /** Gives messages back after a failed delivery, as a visibility timeout of 0 does. */
  release(queue: string, receiptHandles: readonly string[]): void;
  /** Messages that wait or are in flight. */
  size(queue: string): number;
  /** Messages as the event of a function carries them. */
  records(queue: string, messages: readonly Message[]): QueueRecord[];
  /**
   * Receives batch after batch and hands each to `deliver`, which answers the receipt handles of what it has done with; the rest
   * comes back after the visibility timeout. A `deliver` that throws has done with nothing.
   *
   * @returns how to stop; settles when the batch under way is done
   */
  onMessages(queue: string, batchSize: number, deliver: (messages: readonly Message[]) => Promise<readonly string[]>): () => Promise<void>;
  readonly service: AwsService;
  /** Releases the directory. */
  close(): void;
}

/**
 * SQS's stand-in: standard queues with long polling, visibility timeouts and dead-letter queues. A queue's URL is the endpoint's
 * followed by account and name.
 *
 * @throws Error when the directory's file is damaged
 */
export function createQueues({ directory, now = systemClock.now, ...place }: QueuesOptions): Queues {
  const journal = directory === undefined ? undefined : QueueJournal.open(directory);
  const queues = new Map<string, Queue>();
  const arnOf = (name: string): string => `arn:aws:sqs:${place.region}:${place.account}:${name}`;
  const named = (queue: string): Queue => {
    const found = queues.get(nameOf(queue));
    if (found === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return found;
  };

  const self: Omit<Queues, 'service'> = {
    close: () => journal?.close(),
    create({ name, visibilityTimeoutSeconds = 30, delaySeconds = 0, redrivePolicy }) {
      const settings: QueueSettings = {
        name,
        arn: arnOf(name),
        visibilityTimeoutMs: visibilityTimeoutSeconds * 1_000,
        delayMs: delaySeconds * 1_000,
        ...(redrivePolicy === undefined
          ? {}
          : { redrive: { to: nameOf(redrivePolicy.deadLetterTargetArn), maxReceiveCount: Number(redrivePolicy.maxReceiveCount) } }),
      };
      const queue = new Queue(settings, now, {
        sent: (message) => journal?.sent({ ...message, queue: name }),
        deleted: (id) => journal?.deleted(id),
        exhausted: (to, message) => queues.get(to)?.send(message.body, message.attributes, 0),
      });
      queues.set(name, queue);
      for (const message of journal?.kept ?? []) if (message.queue === name) queue.restore(message);
      return settings.arn;
    },
    send: (queue, body) => named(queue).send(body),
    receive: (queue, options) => named(queue).receive(options),
    delete(queue, receiptHandles) {
      for (const receiptHandle of receiptHandles) named(queue).delete(receiptHandle);
    },
    release(queue, receiptHandles) {
      for (const receiptHandle of receiptHandles) named(queue).changeVisibility(receiptHandle, 0);
    },
    size: (queue) => named(queue).size,
    records: (queue, messages) => messages.map((message) => recordOf(named(queue), message, place)),
    onMessages(queue, batchSize, deliver) {
      const stop = new AbortController();
      const loop = async (): Promise<void> => {
        while (!stop.signal.aborted) {
          const messages = await named(queue).receive({ most: batchSize, waitMs: 20_000, signal: stop.signal });
          if (messages.length > 0) self.delete(queue, await deliver(messages).catch(() => []));
        }
      };
      const done = loop();
      return () => {
        stop.abort();
        return done;
      };
    },
  };

  const actions: Readonly<Record<string, (queue: Queue, input: JsonObject, request: AwsRequest) => JsonObject | Promise<JsonObject>>> = {
    GetQueueUrl: (queue, _input, { endpoint }) => ({ QueueUrl: `${endpoint}/${place.account}/${queue.settings.name}` }),
    SendMessage: (queue, input) => send(queue, input),
    SendMessageBatch: (queue, input) => ({
      Successful: entriesOf(input).map((entry) => ({ Id: entry.Id, ...send(queue, entry) })),
      Failed: [],
    }),
    async ReceiveMessage(queue, input, { signal }) {
      const messages = await queue.receive({
        most: Math.min(MOST_MESSAGES, Number(input.MaxNumberOfMessages ?? 1)),
        waitMs: Number(input.WaitTimeSeconds ?? 0) * 1_000,
        ...(input.VisibilityTimeout === undefined ? {} : { visibilityTimeoutMs: Number(input.VisibilityTimeout) * 1_000 }),
        signal,
      });
      return messages.length === 0 ? {} : { Messages: messages.map(messageOf) };
    },
    DeleteMessage(queue, input) {
      queue.delete(String(input.ReceiptHandle));
      return {};
    },
    DeleteMessageBatch(queue, input) {
      const entries = entriesOf(input);
      for (const entry of entries) queue.delete(String(entry.ReceiptHandle));
      return { Successful: entries.map(({ Id }) => ({ Id })), Failed: [] };
    },
    ChangeMessageVisibility(queue, input) {
      queue.changeVisibility(String(input.ReceiptHandle), Number(input.VisibilityTimeout) * 1_000);
      return {};
    },
    GetQueueAttributes: (queue) => ({
      Attributes: { QueueArn: queue.settings.arn, ApproximateNumberOfMessages: String(queue.size) },
    }),
  };

  return {
    ...self,
    service: jsonService({
      version: '1.0',
      namespace: 'com.amazonaws.sqs',
      accesses: (action, input) => [{ action: PERMISSIONS[action] ?? `sqs:${action}`, resource: arnOf(queueIn(input)) }],
      run(action, input, request) {
        const handler = actions[action];
        if (handler === undefined) throw new AwsError('UnknownOperationException', `the local SQS does not know ${action}`);
        return handler(named(queueIn(input)), input, request);
      },
      errorHeaders: (error) => ({ 'x-amzn-query-error': `${QUERY_CODES[error.code] ?? error.code};Sender` }),
    }),
  };
}

/** Batches need the permission of their single call. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  SendMessageBatch: 'sqs:SendMessage',
  DeleteMessageBatch: 'sqs:DeleteMessage',
  ChangeMessageVisibilityBatch: 'sqs:ChangeMessageVisibility',
};

const QUERY_CODES: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  AccessDeniedException: 'AccessDenied',
};

/** The name at the end of the queue's URL, whatever host it names. */
function queueIn(input: JsonObject): string {
  const written = String(input.QueueUrl ?? input.QueueName ?? '');
  return written.slice(written.lastIndexOf('/') + 1);
}

function send(queue: Queue, input: JsonObject): JsonObject {
  const body = input.MessageBody;
  if (typeof body !== 'string' || body === '')
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (Buffer.byteLength(body) > MOST_BYTES) {
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${MOST_BYTES} bytes.`,
    );
  }
  const attributes = (input.MessageAttributes ?? {}) as Record<string, MessageAttribute>;
  const delay = input.DelaySeconds === undefined ? undefined : Number(input.DelaySeconds) * 1_000;
  const id = queue.send(body, attributes, delay);
  return {
    MessageId: id,
    MD5OfMessageBody: md5OfBody(body),
    ...(Object.keys(attributes).length === 0 ? {} : { MD5OfMessageAttributes: md5OfAttributes(attributes) }),
  };
}

function entriesOf(input: JsonObject): JsonObject[] {
  const entries = input.Entries;
  if (!Array.isArray(entries) || entries.length === 0) {
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > MOST_MESSAGES) {
    throw new AwsError('TooManyEntriesInBatchRequest', `Maximum number of entries per request are ${MOST_MESSAGES}.`);
  }
  return entries as JsonObject[];
}

function systemAttributes(message: Message): Record<string, string> {
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  };
}

function messageOf(message: Message): JsonObject {
  const has = Object.keys(message.attributes).length > 0;
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5OfBody(message.body),
    Attributes: systemAttributes(message),
    ...(has ? { MessageAttributes: message.attributes, MD5OfMessageAttributes: md5OfAttributes(message.attributes) } : {}),
  };
}

function recordOf(queue: Queue, message: Message, { region, account }: Place): QueueRecord {
  const attributes = Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    { dataType: DataType, stringValue: StringValue, binaryValue: BinaryValue, stringListValues: [], binaryListValues: [] },
  ]);
  return {
    messageId: message.id,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: { ...systemAttributes(message), SenderId: account },
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: md5OfBody(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: queue.settings.arn,
    awsRegion: region,
  };
}
