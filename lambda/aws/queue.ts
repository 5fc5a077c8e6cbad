import type { AwsJsonCall, AwsJsonService } from './aws-json';

/** A queue that takes text. */
export interface Queue {
  /**
   * @param delaySeconds nobody receives it before. Default: 0
   * @throws what the service answered, or a `TimeoutError`
   */
  send(message: string, delaySeconds?: number): Promise<void>;
}

const TIMEOUT_MS = 2_000;
const SERVICE: AwsJsonService = { name: 'sqs', version: '1.0', target: 'AmazonSQS' };

/** An SQS queue by our own signed call. */
export function createSqsQueue(call: AwsJsonCall, queueUrl: string, endpoint?: string): Queue {
  const service = endpoint === undefined ? SERVICE : { ...SERVICE, endpoint };
  return {
    async send(message, delaySeconds) {
      const delay = delaySeconds === undefined ? {} : { DelaySeconds: delaySeconds };
      await call(service, 'SendMessage', { QueueUrl: queueUrl, MessageBody: message, ...delay }, TIMEOUT_MS);
    },
  };
}
