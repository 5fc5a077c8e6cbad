import type { AnyRequest } from '../../model/request';
import type { AnyAnswer } from '../../model/response';

/** What is to be looked into. */
export interface ModerationsRequest extends AnyRequest {
  /** The texts of each input, which has a result of its own. */
  readonly inputs: readonly (readonly string[])[];
}

/** What is said of one category. */
export interface CategoryFinding {
  readonly found: boolean;
  /** 0 to 1. */
  readonly score: number;
}

/** What rules found in one input. */
export interface ModerationResult {
  readonly flagged: boolean;
  /** By every category that was looked for. */
  readonly categories: ReadonlyMap<string, CategoryFinding>;
}

export interface Moderations extends AnyAnswer {
  /** One for each input, in their order. */
  readonly results: readonly ModerationResult[];
}
