/** What can be asked for. A name that `Operation` knows and this table does not is a fault of types. */
import type { Operation } from '../model/request';
import { chat } from './chat';
import { countTokens } from './count-tokens';
import { embeddings } from './embeddings';
import type { OperationDeclaration } from './operation';

export const OPERATIONS: Readonly<Record<Operation, OperationDeclaration>> = {
  chat,
  embeddings,
  'count-tokens': countTokens,
};

export type { AnswerKind, BodyKind, OperationDeclaration } from './operation';
