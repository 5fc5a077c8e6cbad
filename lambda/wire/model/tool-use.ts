/** What a provider may bill of its own tools in one call. */
export interface ToolUse {
  /** Name of what is billed, as usage reports it: `web_search`, `code_interpreter:4g`, `image_generation:gpt-image-1:high`. */
  readonly unit: string;
  /** How often at most, where the call says so. */
  readonly most?: number;
  /** Tokens that one call may put into the prompt, where that is known. */
  readonly tokens?: number;
  /** What it brings is billed once, however many steps follow. */
  readonly readOnce?: boolean;
  /** Asked for by a setting of the call, not as a tool: where every request searches, it is part of the request's own price. */
  readonly bySetting?: boolean;
  /** Billed in tokens alone in this call, although it has a price elsewhere. */
  readonly free?: boolean;
  /** A model that each use runs as well: it reads the conversation and writes an answer of its own, whatever the call's cap. */
  readonly model?: string;
}

/** Models that tools of a call run beside its own. */
export function toolModelsOf(uses: readonly ToolUse[]): readonly string[] {
  return uses.flatMap(({ model }) => model ?? []);
}

/** The unit of a tool's type: versions cost what their family costs (`web_search_20250305`, `web_search_preview_2025_03_11`). */
export function unitOf(toolType: string): string {
  return toolType.replace(/_(?:\d{8}|\d{4}_\d{2}_\d{2})$/, '');
}

/** Whether two names mean the same unit, one of them perhaps in more detail. */
export function sameUnit(left: string, right: string): boolean {
  return left.startsWith(right) || right.startsWith(left);
}
