import { GatewayError } from '../platform/error';
import { ERRORS, type ErrorCode } from '../platform/error-catalogue';
import { ERROR_WORDS } from '../platform/error-words';
import { DIALECTS } from '../wire/dialects';
import type { DialectCodec } from '../wire/protocols';

const HEAD = `# Errors

Every error has a code, a status and a type, and says in \`x-should-retry\` whether waiting some seconds may help ("again" below; a case may rule it
out). Chat Completions, Responses and the admin API show the code in \`error.code\`, Messages the kind of error in \`error.type\`; usage records have it
as their \`outcome\`. For a field that a provider refuses, its own code is shown in place of \`invalid_request\`. "Runbook" leads to what
operators do. Answers that API Gateway gives without asking the gateway (\`access_denied\`, \`gateway_...\`) have one status in every dialect.

This page is written by \`node scripts/openapi.mjs\` from the catalogue, \`lambda/platform/error-catalogue.ts\`.
`;

/** The page docs/errors.md: every code with its status, and those dialects that answer with another, what it means and what to do. */
export async function errorPage(): Promise<string> {
  const loads = Object.values(DIALECTS).flatMap(({ codecs }) => Object.values(codecs).slice(0, 1));
  const dialects = await Promise.all(loads.map((load) => load()));
  const codes = (Object.keys(ERRORS) as ErrorCode[]).sort();
  const rows = codes.map((code) => row(code, dialects)).join('\n');
  return `${HEAD}\n| code | status | again | what it means | what to do | runbook |\n|---|---|---|---|---|---|\n${rows}\n`;
}

function row(code: ErrorCode, dialects: readonly DialectCodec[]): string {
  const { means, remedy, runbook } = ERROR_WORDS[code];
  const again = ERRORS[code].retryable ? 'yes' : '';
  return `| \`${code}\` | ${statuses(code, dialects)} | ${again} | ${means} | ${remedy} | [${runbook}](runbook.md#${runbook}) |`;
}

function statuses(code: ErrorCode, dialects: readonly DialectCodec[]): string {
  const error = new GatewayError({ code, message: code });
  const others = code.startsWith('gateway_') ? [] : dialects.filter((dialect) => dialect.errorStatus(error) !== error.status);
  return [String(error.status), ...others.map((dialect) => `${dialect.name} ${dialect.errorStatus(error)}`)].join('; ');
}
