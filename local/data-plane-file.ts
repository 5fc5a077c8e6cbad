import { rmSync } from 'node:fs';
import { ENV } from '../lib/private/contract';
import type { Principal } from './aws/authorizer';
import type { Callers } from './aws/callers';
import { credentialVariables, processVariables } from './lambda/function-variables';
import { writePrivately } from './private-files';
import type { LocalAccount } from './template/account';
import { LocalRunError } from './template/failure';
import type { FunctionDefinition } from './template/functions';

export interface DataPlaneFileOptions {
  readonly definitions: readonly FunctionDefinition[];
  readonly principals: ReadonlyMap<string, Principal>;
  readonly callers: Callers;
  readonly account: LocalAccount;
  /** Of the local AWS. */
  readonly endpoint: string;
}

/**
 * Writes the environment in which `llm-gateway serve` runs the data plane beside this run: what the proxy function has, with credentials of
 * its own and the same role.
 *
 * @returns removes the file, and ends the credentials in it
 * @throws LocalRunError when it cannot be written
 */
export function writeDataPlaneFile(
  file: string,
  { definitions, principals, callers, account, endpoint }: DataPlaneFileOptions,
): () => void {
  const proxy = definitions.find(({ environment }) => environment[ENV.SETTLEMENT_QUEUE] !== undefined);
  const principal = proxy && principals.get(proxy.arn);
  if (proxy === undefined || principal === undefined) {
    throw new LocalRunError(`no function of the gateway has the variable ${ENV.SETTLEMENT_QUEUE}, so there is no data plane to describe`);
  }
  const lease = callers.admit(principal);
  const variables = { ...processVariables(proxy, account, endpoint), ...credentialVariables(lease.credentials) };
  try {
    writePrivately(file, `${JSON.stringify(variables, undefined, 2)}\n`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw new LocalRunError(`--environment: ${file} cannot be written${code}; give a file in a folder that is there and yours`);
  }
  return () => {
    lease.end();
    rmSync(file, { force: true });
  };
}
