import type { AnyRequest, ModelRequest } from '../../model/request';
import type { AnyAnswer } from '../../model/response';

/** What a count of tokens asks for. */
export interface CountTokensRequest extends AnyRequest {
  /** The conversation whose tokens are counted. */
  readonly counted: ModelRequest;
}

/** How many they are. */
export interface TokenCount extends AnyAnswer {
  readonly inputTokens: number;
}
