/** What is kept of a request's contents, from nothing to everything. */
export const CONTENT_LEVELS = ['off', 'metadata', 'redacted', 'full'] as const;

export type ContentLevel = (typeof CONTENT_LEVELS)[number];

/** What may be kept of contents, and who may say so. */
export interface ContentLogConfig {
  /** Where no level of the caller says otherwise. */
  readonly level: ContentLevel;
  /** No level, and no caller, goes beyond it. */
  readonly most: ContentLevel;
  /** What callers may ask for by `x-gateway-log`, one at a time. Absent: nothing but what they have. */
  readonly callers?: { readonly least: ContentLevel; readonly most: ContentLevel };
}

/** How the keys of content objects begin. */
export const CONTENT_PREFIX = 'content/';
