import { ENV, type GatewayDocument, STRATEGY_NAMES } from '../../../lib/private/contract';
import { loadDocument } from '../../platform/document';
import type { Environment } from '../../platform/runtime';
import { providerDefinition } from '../../wire/providers';

/** What no data plane can do without, by the variable that says it. */
const NEEDED = {
  identityTable: ENV.IDENTITY_TABLE,
  countersTable: ENV.COUNTERS_TABLE,
  recordsTable: ENV.RECORDS_TABLE,
  pepperSecret: ENV.PEPPER_SECRET,
  settlementQueue: ENV.SETTLEMENT_QUEUE,
} as const;

const SAME_AS_FUNCTION =
  'give the values that the deployed proxy function has, or "--environment FILE" with what "llm-gateway local --environment FILE" wrote';
const MADE_AT_SYNTH =
  'give the gateway.json that synthesis makes (cdk.out/asset.*/gateway.json) or that "llm-gateway local --environment FILE" names';

/**
 * Reads the document as one that a human may have picked. In Lambda it comes with the code.
 *
 * @throws Error that names the file, the field and the fix
 */
export function readChosenDocument(file: string): GatewayDocument {
  const problem = (what: string): Error => new Error(`the configuration document ${what}; ${MADE_AT_SYNTH}`);
  let document: GatewayDocument;
  try {
    document = loadDocument(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw problem(`${file} cannot be read (${error.code})`);
    throw problem(error instanceof Error ? error.message : file);
  }
  const fault = faultOf(document);
  if (fault !== undefined) throw problem(`${file} is wrong: ${fault}`);
  return document;
}

/** @throws Error that names every variable that is missing */
export function checkEnvironment(environment: Environment, document: GatewayDocument): void {
  const fields = Object.keys(NEEDED) as (keyof typeof NEEDED)[];
  const missing: string[] = fields.filter((field) => environment[field] === '').map((field) => NEEDED[field]);
  if (!environment.hasRegion) missing.push('AWS_REGION');
  missing.push(...namedVariables(document).filter((name) => !environment.deployValue(name)));
  if (missing.length > 0) throw new Error(`the environment lacks ${missing.join(', ')}; ${SAME_AS_FUNCTION}`);
}

function faultOf({ providers, routes, unknownPrice, defaultMaxOutputTokens }: GatewayDocument): string | undefined {
  const ids = new Set<string>();
  for (const [index, { id, kind, network }] of providers.entries()) {
    const at = `providers[${index}]`;
    if (typeof id !== 'string' || id === '') return `${at}.id is missing`;
    if (providerDefinition(kind) === undefined) return `${at}.kind is ${JSON.stringify(kind)}, which this version does not know`;
    if (!['public', 'loopback', 'vpc'].includes(network)) return `${at}.network is none of public, loopback and vpc`;
    ids.add(id);
  }
  for (const [index, { alias, targets, strategy }] of routes.entries()) {
    const at = `routes[${index}]`;
    if (typeof alias !== 'string' || !Array.isArray(targets)) return `${at} lacks "alias" or "targets"`;
    const stray = targets.find(({ provider }) => !ids.has(provider));
    if (stray !== undefined) return `${at}.targets name the provider ${JSON.stringify(stray.provider)}, which is not among "providers"`;
    if (strategy !== undefined && !STRATEGY_NAMES.includes(strategy)) return `${at}.strategy is none of ${STRATEGY_NAMES.join(', ')}`;
  }
  if (unknownPrice?.policy !== 'refuse' && unknownPrice?.policy !== 'ceiling') return 'unknownPrice.policy is neither refuse nor ceiling';
  if (defaultMaxOutputTokens !== undefined && !Number.isInteger(defaultMaxOutputTokens)) return 'defaultMaxOutputTokens is no whole number';
  return undefined;
}

/** Variables that the document leaves values to. */
function namedVariables({ providers }: GatewayDocument): string[] {
  const values = providers.flatMap(({ baseUrl, credential }) => [baseUrl, credential?.secretArn]);
  return [...new Set(values.flatMap((value) => value?.env ?? []))];
}
