/** Prints JSON Schemas of what the installed SDKs of OpenAI and Anthropic send, made of their types: one object, by wire format. */
import { join } from 'node:path';
import { schemasOfTypes } from './of-types.mjs';

const packages = join(import.meta.dirname, '../../node_modules');
/** By files, of each type the body that it is of. */
const TYPES = {
  'openai/resources/{chat/completions/completions,responses/responses,embeddings}.d.ts': {
    ChatCompletionCreateParams: 'openai-chat',
    ResponseCreateParams: 'openai-responses',
    EmbeddingCreateParams: 'openai-chat embeddings',
  },
  '@anthropic-ai/sdk/resources/messages/messages.d.ts': {
    MessageCreateParams: 'anthropic-messages',
    MessageCountTokensParams: 'anthropic-messages count-tokens',
  },
};

const schemas = Object.entries(TYPES).flatMap(([files, bodies]) => {
  const read = schemasOfTypes(join(packages, files), Object.keys(bodies));
  return Object.values(bodies).map((body, index) => [body, read[index]]);
});
process.stdout.write(JSON.stringify(Object.fromEntries(schemas)));
