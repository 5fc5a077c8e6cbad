import type { Media } from '../wire/model';
import type { Capabilities } from '../wire/models';

/** What of a call not every model carries. */
export interface Carried {
  readonly media: readonly Pick<Media, 'kind'>[];
  readonly bringsTools: boolean;
  /** The answer is to keep to a schema. */
  readonly wantsSchema: boolean;
}

const MEDIA = {
  image: ['vision', 'pictures'],
  document: ['documents', 'documents'],
  audio: ['audioInput', 'sound'],
  video: ['videoInput', 'films'],
} as const;

/** Whether there is anything that a model may not carry. */
export function isDemanding({ media, bringsTools, wantsSchema }: Carried): boolean {
  return media.length > 0 || bringsTools || wantsSchema;
}

/** What of the call a model is known not to carry. What nobody knows limits nothing. */
export function notCarried({ media, bringsTools, wantsSchema }: Carried, can: Capabilities): string | undefined {
  if (bringsTools && can.tools === false) return 'tools';
  for (const { kind } of media) {
    if (kind === 'file') continue;
    const [fact, word] = MEDIA[kind];
    if (can[fact] === false) return word;
  }
  return wantsSchema && can.structuredOutput?.includes('json-schema') === false ? 'schema' : undefined;
}

/** Why a target is left out whose window is too small. */
export const TOO_LONG = 'window';
/** An estimate is some 10 % off; what is longer by more than that is surely too long. */
const SURELY = 0.85;

/**
 * Whether a prompt is surely too long for a window.
 *
 * @param mostTokens more than it can be
 * @param inputTokens estimated, and asked for only where that may decide it
 */
export function isBeyondWindow(window: number | undefined, mostTokens: number, inputTokens: () => number): boolean {
  return window !== undefined && mostTokens > window && inputTokens() * SURELY > window;
}
