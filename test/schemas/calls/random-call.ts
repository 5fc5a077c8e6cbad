/** A call without its model, which the test chooses. */
export interface RandomCall {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The same without what the gateway documents beyond the dialect: by this the SDK's own types hold the generator. */
  readonly typed: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}
