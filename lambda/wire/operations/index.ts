/** What can be asked for. A name that `Operation` knows and this table does not is a fault of types. */
import type { AnyRequest, Operation } from '../model/request';
import type { AnyAnswer } from '../model/response';
import type { DialectCodec } from '../protocols/protocol';
import { chat } from './chat';
import { countTokens } from './count-tokens';
import { embeddings } from './embeddings';
import { moderations } from './moderations';
import type { OperationDeclaration } from './operation';

const DECLARED = {
  chat,
  embeddings,
  'count-tokens': countTokens,
  moderations,
} satisfies Record<Operation, unknown>;

export const OPERATIONS: Readonly<Record<Operation, OperationDeclaration>> = DECLARED;

type Codec<Declared> =
  Declared extends OperationDeclaration<infer Asked extends AnyRequest, infer Answered extends AnyAnswer>
    ? DialectCodec<Asked, Answered>
    : never;

/** How callers are read and answered who ask for each: the codec of one is none of another's. */
export type CodecOf<Name extends Operation> = Codec<(typeof DECLARED)[Name]>;

export type { TokenCount } from './count-tokens';
export type { CategoryFinding, ModerationResult, Moderations, ModerationsRequest } from './moderations';
export type { AnswerKind, BodyKind, OperationDeclaration } from './operation';
