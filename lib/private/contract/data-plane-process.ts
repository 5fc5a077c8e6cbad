/** How `llm-gateway serve` starts a data plane that is no function: the one export of its bundle, `dist/lambda/proxy-node/index.mjs`. */
export interface DataPlaneProcess {
  /**
   * Serves until the process is told to stop, and all calls that were open then are over.
   *
   * @returns the process's exit code
   * @throws Error that says what is missing or wrong, and what to give
   */
  serveUntilStopped(options: DataPlaneOptions): Promise<number>;
}

export interface DataPlaneOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** The network interface that is listened on. */
  readonly address: string;
  /** File that holds the `GatewayDocument`. Default: the one that the environment names. */
  readonly configFile?: string;
  /** Calls at the same time; more are refused. */
  readonly maxCalls: number;
  /** Calls are refused while the process has more memory. Default: four fifths of what it may have. */
  readonly maxMemoryBytes?: number;
  /** What open calls may still take once the process is told to stop. */
  readonly drainMs: number;
  /** Whether the answer to a caller that hung up is read on to its usage, or cut. */
  readonly callerGone: 'drain' | 'abort';
  /** Told where calls are taken, and what becomes of the process. */
  readonly say: (line: string) => void;
}
