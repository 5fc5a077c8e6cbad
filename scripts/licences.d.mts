export const LICENCES_FILE: string;
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}
export function bundledPackages(dist: string): BundledPackage[];
export function licenceDocument(packages: readonly BundledPackage[]): string;
export function licenceBreaches(dist: string): string[];
