import type { JsonObject } from '../../platform/json';
import type { Operation } from '../model/request';
import type { CodecOf } from '../operations';
import type { Dialect, Protocol } from '../protocols/protocol';

/**
 * What the gateway knows of a dialect before it loads anything of it. Its codecs are chunks of their own, loaded by the first call
 * that needs them.
 */
export interface DialectDeclaration {
  /** Where its callers ask. */
  readonly calls: readonly CallRoute[];
  /** Where its callers list models. */
  readonly models?: ModelRoutes;
  /** Paths on which its clients open a WebSocket first, and go on with a call at once when they are refused with a 426. */
  readonly socketPaths?: readonly string[];
  /** Begin the paths of which nobody but its callers can have meant anything: errors there are in this dialect. */
  readonly prefixes: readonly string[];
  /** The caller's headers that a provider of the same dialect gets to see. No other ever reaches one. */
  readonly forwardedHeaders: readonly string[];
  /** Headers of providers that speak it, which a caller gets to see, whatever dialect that caller speaks. */
  readonly returnedHeaders: readonly string[];
  /** How its callers are read and answered, by what they ask for. Errors of all its routes are those of `chat`. */
  readonly codecs: { readonly chat: () => Promise<Dialect> } & { readonly [Name in Operation]?: () => Promise<CodecOf<Name>> };
  /** How providers that speak it are called. Absent: none does. */
  readonly protocol?: () => Promise<Protocol>;
}

/** One path that is called. */
export interface CallRoute {
  /**
   * Exact, or a template with `{model}` in it: `/v1beta/models/{model}:generateContent`. A model's name may hold slashes, as they are
   * or percent-encoded.
   */
  readonly path: string;
  readonly operation: Operation;
  /** The path says whether a stream is asked for. Absent: the body does. */
  readonly stream?: boolean;
}

/** A list of models. Where several dialects have theirs at the same path, the answer has the fields of all of them. */
export interface ModelRoutes {
  /** Of the list; one model is at `<path>/{model}`. */
  readonly path: string;
  describe(model: ListedModel): JsonObject;
  list(models: readonly JsonObject[], query: URLSearchParams): JsonObject;
}

/** What a list says of a model. */
export interface ListedModel {
  readonly id: string;
  /** The provider that is asked first. */
  readonly provider: string;
  /** RFC 3339 at second precision. */
  readonly createdAt: string;
  /** Tokens of input and output together, and of the longest answer, as far as they are known. */
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
}
