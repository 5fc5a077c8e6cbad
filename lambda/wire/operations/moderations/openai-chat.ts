import type { JsonObject } from '../../../platform/json';
import { openAiChat } from '../../dialects/openai-chat';
import type { DialectCodec } from '../../protocols/protocol';
import { findTexts } from '../../texts';
import { formatOf } from '../format';
import { wholeCall } from '../whole-call';
import { decodeRequest } from './decode-request';
import type { CategoryFinding, ModerationResult, Moderations, ModerationsRequest } from './request';
import { TEXT_RULES } from './text-rules';

/** OpenAI's own, which its clients read each by its name. */
const CATEGORIES = `harassment harassment/threatening hate hate/threatening illicit illicit/violent self-harm self-harm/intent
  self-harm/instructions sexual sexual/minors violence violence/graphic`.split(/\s+/);
const NOT_LOOKED_FOR: CategoryFinding = { found: false, score: 0 };

/** OpenAI's moderations. Errors are those of Chat Completions. @see https://platform.openai.com/docs/api-reference/moderations */
export const openAiModerations: DialectCodec<ModerationsRequest, Moderations> = {
  ...formatOf(openAiChat),
  inspect: (body) => wholeCall(decodeRequest(body).model, { media: [] }),
  texts: (document) => findTexts(document, TEXT_RULES),
  decodeRequest,
  encodeResponse: ({ model, results }, { requestId, originalModel }) => ({
    id: `modr-${requestId}`,
    model: model ?? originalModel,
    results: results.map(encodeResult),
  }),
};

/** What nobody looked for is applied to no type of input, as OpenAI says of what a model does not look for. */
function encodeResult({ flagged, categories }: ModerationResult): JsonObject {
  const names = [...new Set([...CATEGORIES, ...categories.keys()])];
  const each = <T>(say: (finding: CategoryFinding, name: string) => T): Record<string, T> =>
    Object.fromEntries(names.map((name) => [name, say(categories.get(name) ?? NOT_LOOKED_FOR, name)]));
  return {
    flagged,
    categories: each(({ found }) => found),
    category_scores: each(({ score }) => score),
    category_applied_input_types: each((_finding, name) => (categories.has(name) ? ['text'] : [])),
  };
}
