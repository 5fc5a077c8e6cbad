import type { OperationDeclaration } from '../operation';

/** A conversation, of which a model writes the next turn. */
export const chat: OperationDeclaration = {
  name: 'chat',
  body: 'json',
  answers: ['json', 'sse'],
  billedIn: ['token', 'call'],
  generates: true,
  estimated: false,
  mediaInTexts: [],
};
