import { Readable } from 'node:stream';
import type { DynamoDbConnector } from '../../aws/dynamodb';
import { streamReply, type Transport } from '../../platform/http';
import type { JsonObject } from '../../platform/json';
import { parseJson } from '../../platform/json';
import { answerOf, type StandInAnswer } from './answers';

const TABLE_CALLS: Readonly<Record<string, keyof DynamoDbConnector>> = {
  BatchGetItem: 'batchGetItem',
  GetItem: 'getItem',
  PutItem: 'putItem',
  UpdateItem: 'updateItem',
  Query: 'query',
};

/** Answers what would leave the process: calls to the table by a stand-in, calls to providers as they would answer a greeting. */
export function createStandInTransport(table: DynamoDbConnector): Transport {
  return {
    async send({ path, headers, body }) {
      const target = headers['x-amz-target'];
      if (target !== undefined) return tableAnswer(table, target.slice(target.indexOf('.') + 1), body);
      return reply(200, answerOf(path, headers['accept'] !== 'application/json'));
    },
  };
}

async function tableAnswer(table: DynamoDbConnector, operation: string, body: Buffer) {
  const method = TABLE_CALLS[operation];
  const run = method === undefined ? undefined : (table[method] as (input: unknown) => Promise<object>);
  if (run === undefined) throw new Error(`the stand-in does not know ${operation}`);
  try {
    return reply(200, {
      type: 'application/x-amz-json-1.0',
      body: Buffer.from(JSON.stringify(await run(parseJson(body.toString('utf8'))))),
    });
  } catch (error) {
    const { name, ...fields } = error as Error & JsonObject;
    const told = JSON.stringify({ ...fields, __type: `com.amazonaws.dynamodb#${name}` });
    return reply(400, { type: 'application/x-amz-json-1.0', body: Buffer.from(told) });
  }
}

function reply(status: number, { type, body }: StandInAnswer) {
  return streamReply(status, { 'content-type': type }, Readable.from([body]));
}
