/** What can be held against the records, by the names that people say: AWS's exports, Bedrock's log, reports of OpenAI and of Anthropic. */
export const BILL_FORMATS = ['cur', 'focus', 'bedrock-logs', 'openai', 'anthropic'] as const;
export type BillFormat = (typeof BILL_FORMATS)[number];

/** Where a bill stands, as the function that reads it is told. */
export interface BillConfig {
  /** Id of the configured provider. */
  readonly provider: string;
  readonly format: BillFormat;
  readonly bucket: string;
  readonly prefix: string;
}
