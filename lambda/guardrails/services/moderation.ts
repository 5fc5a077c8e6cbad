import type { ModerationGuardConfig } from '../../../lib/private/contract';
import { isJsonObject, type JsonObject } from '../../platform/json';
import { type GuardService, NoVerdict, type Question, type ServiceVerdict } from './service';

/** Asks a configured provider's moderation endpoint; rejects with `NoVerdict`. */
export type Moderate = (config: ModerationGuardConfig, question: Question) => Promise<JsonObject>;

/** What a category may be called: it goes on to callers. */
const CATEGORY = /^[a-z][a-z0-9_/-]{0,63}$/;
const TIMEOUT_MS = 5_000;

/**
 * A moderation endpoint in OpenAI's format, which costs nothing there.
 *
 * @see https://platform.openai.com/docs/api-reference/moderations/create
 */
export function moderationService(config: ModerationGuardConfig, moderate: Moderate): GuardService {
  return {
    mostTexts: 32,
    mostCharacters: 20_000,
    timeoutMs: TIMEOUT_MS,
    ask: async (question) => verdictOf(await moderate(config, question), question.texts.length, config),
  };
}

/** An error under a good status is no verdict, and neither is one of other texts than were asked of. */
function verdictOf({ results }: JsonObject, count: number, config: ModerationGuardConfig): ServiceVerdict {
  if (!Array.isArray(results) || results.length !== count) throw new NoVerdict('malformed');
  const each = results.map((result) => ({ types: flaggedOf(result, config), scores: scoresOf([result]) }));
  const types = new Set(each.flatMap((one) => one.types));
  return { blocked: types.size > 0, types: [...types], scores: scoresOf(results), each, costNanoUsd: 0n };
}

/** The highest of each category. Who says nothing of how sure it is may still say whether. */
function scoresOf(results: readonly unknown[]): ReadonlyMap<string, number> {
  const highest = new Map<string, number>();
  for (const result of results) {
    const { category_scores: scores } = result as JsonObject;
    if (!isJsonObject(scores)) continue;
    for (const [category, score] of Object.entries(scores))
      if (typeof score === 'number' && CATEGORY.test(category)) highest.set(category, Math.max(score, highest.get(category) ?? 0));
  }
  return highest;
}

function flaggedOf(result: unknown, { categories, threshold }: ModerationGuardConfig): readonly string[] {
  if (!isJsonObject(result as never)) throw new NoVerdict('malformed');
  const { categories: flags, category_scores: scores } = result as JsonObject;
  const counted = threshold === undefined ? flags : scores;
  if (!isJsonObject(counted)) throw new NoVerdict('malformed');
  const names = categories ?? Object.keys(counted);
  return names.filter((name) => {
    const value = counted[name];
    // A category that is looked for and not told of may as well have been found.
    if (value === undefined || value === null) {
      if (categories === undefined) return false;
      throw new NoVerdict('malformed');
    }
    if (threshold === undefined) return value === true;
    if (typeof value !== 'number') throw new NoVerdict('malformed');
    return value >= threshold;
  });
}
