import type { Protocol } from '../protocol';
import { converseError } from './error';
import { encodeRequest } from './request';
import { decodeResponse } from './response';
import { ConverseStreamDecoder } from './stream';
import { converseUsage } from './usage';

/**
 * Amazon Bedrock's Converse and ConverseStream.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html
 */
export const bedrockConverse: Protocol = {
  name: 'bedrock-converse',
  framing: 'aws-event-stream',
  encodeRequest,
  decodeResponse,
  streamDecoder: () => new ConverseStreamDecoder(),
  usage: converseUsage,
  decodeError: converseError,
};
