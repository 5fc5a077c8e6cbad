/** See `parts.mjs`. */
export interface PartOf<Files> {
  readonly mutate?: Files;
  readonly literals?: Files;
  readonly tests?: Files;
  readonly leastKilledPercent: number;
}
export function readParts(
  root: string,
  parts?: Readonly<Record<string, PartOf<readonly string[]>>>,
): Record<string, Required<PartOf<string[]>>>;
