/**
 * A value of the document: literal, or the name of an environment variable that holds it once deployed.
 * Exactly one of the two is present.
 */
export interface DeployValue {
  readonly value?: string;
  readonly env?: string;
}
