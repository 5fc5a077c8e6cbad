/** What vendors say of a body beyond its types, and what the catalogue says of its model. Written after their pages, not after our encoders. */
import { checkOf } from '../schemas';
import { messages } from './anthropic';
import { converse } from './bedrock';
import { cohere } from './cohere';
import { factBreaches } from './facts';
import { gemini } from './gemini';
import { chat, responses } from './openai';
import { type Fields, plain, type Sent, type Written } from './written';

/** What is wrong with a body that was translated; empty when nothing is. */
export function breachesOf(sent: Sent): string[] {
  const written = readerOf(sent);
  if (written === undefined) return [];
  return [...checkOf(written.schema)(written.body), ...factBreaches(sent, written), ...(written.turns?.() ?? [])];
}

/** What is wrong with a body by its schema alone. */
export function schemaBreachesOf(sent: Sent): string[] {
  const written = readerOf(sent);
  return written === undefined ? [] : checkOf(written.schema)(written.body);
}

/** Hosts that take all of OpenAI's fields, and say what they take. The others' callers know what they speak to. */
const OF_THE_DIALECT = new Set(['openai', 'azure-openai', 'anthropic', 'vertex-ai']);

/** What is wrong with a body that was passed on: no more than was wrong with the caller's own. */
export function passedBreaches({ kind, path, body }: Sent, call: { readonly typed: Fields; readonly body: Fields }): string[] {
  const added = Object.keys(body).filter((name) => !(name in call.body) && !FORCED.has(name));
  const wrong = added.map((name) => `${name} was added`);
  const written = readerOf({ kind, path, body, can: {}, mostOutputTokens: undefined });
  if (written === undefined || !OF_THE_DIALECT.has(kind) || call.typed !== call.body) return wrong;
  return [...wrong, ...checkOf(written.schema)(written.body)];
}

/** The gateway keeps the bytes of whoever speaks the dialect that the provider speaks. */
export function isPassedOn(asked: string, sent: string): boolean {
  const end = asked.slice('/v1'.length);
  return (
    sent.split('?')[0]?.endsWith(end) === true ||
    (asked === '/v1/messages' && /awPredict/.test(sent)) ||
    sent.includes('count-tokens:rawPredict')
  );
}

/** What the gateway writes into a body that it passes on, and names that a compatible server has for the caller's. */
const FORCED = new Set([
  'model',
  'store',
  'stream_options',
  'include',
  'anthropic_version',
  'thinking',
  'max_tokens',
  'max_completion_tokens',
  'user',
  'random_seed',
  'input_type',
  'output_dimension',
  // Of a model that takes one system message, all of them.
  'instructions',
]);

function readerOf(sent: Sent): Written | undefined {
  const { path } = sent;
  if (path.endsWith('/chat/completions')) return chat(sent);
  if (path.includes('/deployments/')) return chat(sent);
  if (path.endsWith('/responses')) return responses(sent);
  if (path.endsWith('/count-tokens')) return plain('bedrock CountTokens', sent.body);
  if (path.includes('count_tokens') || path.includes('count-tokens')) return undefined;
  if (path.endsWith('/messages') || /awPredict$/.test(path)) return messages(sent);
  if (path.endsWith('/converse') || path.endsWith('/converse-stream')) return converse(sent);
  if (/enerateContent(\?|$)/.test(path)) return gemini(sent);
  if (path.endsWith('/v2/chat')) return cohere(sent);
  if (path.endsWith('/embeddings')) return plain(sent.kind === 'mistral' ? 'mistral embeddings' : 'openai-chat embeddings', sent.body);
  if (path.endsWith('/v2/embed')) return plain('cohere embeddings', sent.body);
  if (path.endsWith(':batchEmbedContents')) return plain('gemini-protos BatchEmbedContentsRequest', sent.body);
  if (path.endsWith(':predict')) return plain('vertex PredictRequest', sent.body);
  if (path.endsWith(':countTokens')) return counted(sent);
  return undefined;
}

/** AI Studio counts a whole call, Vertex AI its parts. */
function counted({ kind, body }: Sent): Written {
  if (kind === 'vertex-ai') return plain('vertex CountTokensRequest', body);
  const { model: _model, ...call } = body['generateContentRequest'] as Fields;
  return plain('gemini generateContent', call);
}
