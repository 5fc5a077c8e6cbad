import type { ModelRequest } from '../../model/request';
import type { ModelResponse } from '../../model/response';
import type { OperationDeclaration } from '../operation';
import { fit } from './fit';

/** A conversation, of which a model writes the next turn. */
export const chat: OperationDeclaration<ModelRequest, ModelResponse> = {
  name: 'chat',
  body: 'json',
  answers: ['json', 'sse'],
  billedIn: ['token', 'call'],
  generates: true,
  estimated: false,
  answeredByGuards: false,
  mediaInTexts: [],
  fit,
};
