/**
 * What the local run and one function environment say to each other. Messages about an answer name their invocation: a handler that
 * failed may still write, and its bytes must not reach the next one's answer.
 */

/** Given to a new environment. */
export interface EnvironmentSettings {
  /** Folder of the function's code. */
  readonly codeDirectory: string;
  /** `<file>.<export>`. */
  readonly handler: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** One invocation. `event` is UTF-8 JSON. */
export interface InvokeMessage {
  readonly type: 'invoke';
  readonly requestId: string;
  readonly event: Uint8Array;
  /** Epoch ms at which Lambda ends the environment. */
  readonly deadline: number;
  /** `X-Amzn-Trace-Id`. */
  readonly traceId: string;
}

/** The consumer took so many bytes of the answer. */
export interface CreditMessage {
  readonly type: 'credit';
  readonly requestId: string;
  readonly bytes: number;
}

/** The consumer has the whole answer. */
export interface AcceptedMessage {
  readonly type: 'accepted';
  readonly requestId: string;
}

export type ToEnvironment = InvokeMessage | CreditMessage | AcceptedMessage;

/** What Lambda reports of a failure. */
export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** The module is loaded, or could not be. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly failure?: FunctionFailure;
}

/** Bytes of the answer, prelude included. */
export interface ChunkMessage {
  readonly type: 'chunk';
  readonly requestId: string;
  readonly bytes: Uint8Array;
}

/** The answer is complete. */
export interface EndMessage {
  readonly type: 'end';
  readonly requestId: string;
}

/** The invocation is over: the environment is free for the next one. */
export interface DoneMessage {
  readonly type: 'done';
  readonly failure?: FunctionFailure;
}

export type FromEnvironment = ReadyMessage | ChunkMessage | EndMessage | DoneMessage;
