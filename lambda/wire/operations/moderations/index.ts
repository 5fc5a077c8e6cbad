import type { OperationDeclaration } from '../operation';
import type { Moderations, ModerationsRequest } from './request';

/** How callers of Chat Completions ask for it. */
export const openAiModerations = async () => (await import('./openai-chat')).openAiModerations;

/** What guardrail policies find in texts. */
export const moderations: OperationDeclaration<ModerationsRequest, Moderations> = {
  name: 'moderations',
  body: 'json',
  answers: ['json'],
  billedIn: [],
  generates: false,
  estimated: false,
  answeredByGuards: true,
  mediaInTexts: [],
  protocols: {},
};

export type { CategoryFinding, ModerationResult, Moderations, ModerationsRequest } from './request';
