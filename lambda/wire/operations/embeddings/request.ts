import type { AnyRequest } from '../../model/request';
import type { AnyAnswer } from '../../model/response';

/** What an embeddings call asks for. */
export interface EmbeddingsRequest extends AnyRequest {
  /** Texts, or texts as the ids of their tokens. */
  readonly inputs: readonly (string | readonly number[])[];
  readonly dimensions?: number;
  /** How the caller wants each vector: numbers, or little-endian 32-bit floats as base64. */
  readonly encodingFormat: 'float' | 'base64';
  /** What the vectors are for, as Cohere names it: `search_query`, `search_document`, `classification`, `clustering`. */
  readonly inputType?: string;
  /** The caller's own name for its end user. */
  readonly user?: string;
}

/** Vectors, in the order of the inputs. */
export interface Embeddings extends AnyAnswer {
  readonly vectors: readonly (readonly number[])[];
}
