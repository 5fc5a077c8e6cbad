import type { Mutant } from '../support/mutants';

/** A mistake that the fuzzing of one reader must find. */
export interface ReaderMutant extends Mutant {
  readonly reader: string;
}

export const MUTANTS: readonly ReaderMutant[] = [
  {
    name: 'the first scanner: a control byte outside of a string is neither space nor the end of a scalar',
    reader: 'json',
    file: 'lambda/platform/json/scan.ts',
    find: "if (byte < 0x20) return fault('malformed');\n        const end = endOfScalar(bytes, at);",
    replace: 'const end = byte < 0x20 ? at : endOfScalar(bytes, at);',
  },
  {
    name: 'a quote after backslashes is looked for from the beginning again',
    reader: 'json',
    file: 'lambda/platform/json/scan.ts',
    find: 'at = quote + 1;',
    replace: 'at = from;',
  },
  {
    name: 'a message of no length is read for ever',
    reader: 'aws-event-stream',
    file: 'lambda/wire/framing/aws-event-stream.ts',
    find: "if (length < OVERHEAD_BYTES || headersLength > length - OVERHEAD_BYTES) throw new EventStreamError('bad-length');",
    replace: '',
  },
  {
    name: 'the end of a line is looked for in the whole chunk, line by line',
    reader: 'sse',
    file: 'lambda/wire/framing/sse.ts',
    find: 'if (carriageReturn !== -1 && carriageReturn < next) carriageReturn',
    replace: 'if (this.#sawCarriageReturn) carriageReturn',
  },
  {
    name: 'a star of a policy that is tried at one place for ever',
    reader: 'iam-wildcard',
    file: 'local/aws/iam.ts',
    find: 'mark += 1;',
    replace: '',
  },
];
