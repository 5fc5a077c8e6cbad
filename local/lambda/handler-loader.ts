import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FunctionFailure } from './messages';

/** Mark of a handler that takes a response stream; the runtime uses the same symbol. */
export const HANDLER_STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

export type Handler = (event: unknown, ...rest: unknown[]) => unknown;

/** Lambda tries these, in this order. */
const EXTENSIONS = ['', '.js', '.mjs', '.cjs'];

/**
 * Loads a handler as Lambda's Node.js runtime does.
 *
 * @param handler `<file>.<export>`
 * @throws Error named as Lambda names it: `Runtime.ImportModuleError`, `Runtime.HandlerNotFound`, `Runtime.CallbackHandlerDeprecated`
 */
export async function loadHandler(codeDirectory: string, handler: string): Promise<Handler> {
  const dot = handler.lastIndexOf('.');
  const [file, name] = [handler.slice(0, dot), handler.slice(dot + 1)];
  const path = EXTENSIONS.map((extension) => join(codeDirectory, `${file}${extension}`)).find((candidate) => existsSync(candidate));
  if (dot < 1 || path === undefined) throw named('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown> & { default?: Record<string, unknown> };
  const found = module[name] ?? module.default?.[name];
  if (typeof found !== 'function') throw named('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (found.length >= 3 && !isStreaming(found as Handler)) {
    throw named('Runtime.CallbackHandlerDeprecated', `${handler} takes a callback, which Node.js 24 functions cannot`);
  }
  return found as Handler;
}

export function isStreaming(handler: Handler): boolean {
  return Reflect.get(handler, HANDLER_STREAMING) !== undefined;
}

/** An error as Lambda reports it. */
export function describeFailure(error: unknown): FunctionFailure {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
