import type { Protocol } from '../protocol';
import { converseError } from './decode-error';
import { decodeResponse } from './decode-response';
import { ConverseStreamDecoder } from './decode-stream';
import { encodeRequest } from './encode-request';
import { converseUsage } from './usage';

/**
 * Amazon Bedrock's Converse and ConverseStream.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html
 */
export const bedrockConverse: Protocol = {
  name: 'bedrock-converse',
  framing: 'aws-event-stream',
  toolNames: 'openai',
  nativeFields: ['additionalModelRequestFields', 'guardrailConfig'],
  encodeRequest,
  decodeResponse,
  streamDecoder: () => new ConverseStreamDecoder(),
  usage: converseUsage,
  decodeError: converseError,
};
