/** The dialects that callers speak. A new one is a folder, and its line here. */
import type { ProtocolName } from '../model/request';
import type { CodecOf } from '../operations';
import { anthropicMessages } from './anthropic-messages/declaration';
import type { DialectDeclaration } from './declaration';
import { openAiChat } from './openai-chat/declaration';
import { openAiResponses } from './openai-responses/declaration';

const DECLARED = {
  'openai-chat': openAiChat,
  'anthropic-messages': anthropicMessages,
  'openai-responses': openAiResponses,
} satisfies Record<string, DialectDeclaration> & {
  [Name in ProtocolName]?: DialectDeclaration & Required<Pick<DialectDeclaration, 'protocol'>>;
};

export type DialectName = keyof typeof DECLARED;

/** What is called at a dialect's routes has a codec there. */
type Coded<Declared extends Record<string, DialectDeclaration>> = {
  readonly [Name in keyof Declared]: {
    readonly codecs: { readonly [Asked in Declared[Name]['calls'][number]['operation']]: () => Promise<CodecOf<Asked>> };
  };
};

export const DIALECTS: Readonly<Record<DialectName, DialectDeclaration>> & Coded<typeof DECLARED> = DECLARED;

export const DIALECT_NAMES = Object.keys(DECLARED) as DialectName[];

/** Answers what no dialect has for its own: the gateway's own routes, and paths that lead nowhere. */
export const DEFAULT_DIALECT: DialectName = 'openai-chat';

export type { CallRoute, DialectDeclaration, ListedModel, ModelRoutes } from './declaration';
