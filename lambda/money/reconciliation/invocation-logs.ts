import { isJsonObject, type JsonValue, parseJson } from '../../platform/json';
import { type Bill, type BillLine, dayOfTime } from './lines';

/**
 * Bedrock's model invocation log: an object a line. A call that failed is billed nothing.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
 */
export function readInvocationLogs(text: string): Bill {
  const lines: BillLine[] = [];
  let unread = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const entry = parseJson(line);
    if (!isJsonObject(entry)) throw new Error('a line of it is no object');
    if (entry['errorCode'] !== undefined) continue;
    const { timestamp, modelId, input, output } = entry;
    const read = isJsonObject(input)
      ? sum(input['inputTokenCount'], input['cacheReadInputTokenCount'], input['cacheWriteInputTokenCount'])
      : 0n;
    const written = isJsonObject(output) ? sum(output['outputTokenCount']) : 0n;
    const day = dayOfTime(timestamp);
    if (typeof modelId !== 'string' || day === undefined || read === undefined || written === undefined) unread += 1;
    else lines.push({ day, names: [bareName(modelId)], inputTokens: read, outputTokens: written });
  }
  return { lines, unread };
}

/** Of an ARN of a model or of an inference profile, its last part. */
function bareName(modelId: string): string {
  return modelId.slice(modelId.lastIndexOf('/') + 1);
}

/** What is not told counts as none; undefined where something is no count. */
function sum(...counts: readonly (JsonValue | undefined)[]): bigint | undefined {
  let all = 0n;
  for (const count of counts) {
    if (count === undefined || count === null) continue;
    if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) return undefined;
    all += BigInt(count);
  }
  return all;
}
