import type { Protocol } from '../protocol';
import { cohereError } from './decode-error';
import { decodeResponse } from './decode-response';
import { CohereStreamDecoder } from './decode-stream';
import { encodeRequest } from './encode-request';
import { cohereUsage } from './usage';

/**
 * Cohere's chat, version 2.
 *
 * @see https://docs.cohere.com/reference/chat
 */
export const cohereV2: Protocol = {
  name: 'cohere-v2',
  framing: 'sse',
  encodeRequest,
  decodeResponse,
  streamDecoder: () => new CohereStreamDecoder(),
  usage: cohereUsage,
  decodeError: cohereError,
};
