import { STRATEGY_NAMES } from '../../lib/private/contract';
import type { Listed } from './admin/client';
import { readData } from './admin/level-options';
import { MODEL_TEST } from './admin/model-test';
import { flag, type Parsed, text, texts } from './admin/options';
import { overrideCommand } from './admin/override-command';
import { type Column, field, plain } from './admin/table';
import { readTokenPrices, TOKEN_PRICE_HELP, TOKEN_PRICE_OPTIONS } from './admin/token-price-options';
import { UsageError } from './command';

const IN_FORCE = '/models-in-force';
const DAY_MS = 86_400_000;
/** So long before its last day a model is warned of. */
const WARNING_DAYS = 60;

const right = (name: string, title: string): Column => ({ ...field(name, title), align: 'right' });

const columns: readonly Column[] = [
  field('alias'),
  { title: 'targets', value: (row) => targetNames(row).map(plain).join(' > ') },
  { title: 'strategy', value: (row) => (targetNames(row).length > 1 ? plain(row['strategy']) : '') },
  right('context_window', 'window'),
  right('max_output_tokens', 'max output'),
  right('input_usd', 'input'),
  right('output_usd', 'output'),
  field('end_of_life', 'ends'),
  { title: 'changed', value: (row) => (row['overridden'] === true ? 'yes' : '') },
];

export const command = overrideCommand({
  name: 'models',
  summary: 'list what callers may ask for; override where an alias leads, what a model can do',
  columns,
  options: {
    target: { type: 'string', multiple: true },
    strategy: { type: 'string' },
    'no-affinity': { type: 'boolean' },
    'budget-fallback': { type: 'string' },
    'content-policy-fallback': { type: 'boolean' },
    'max-cost-usd': { type: 'string' },
    shadow: { type: 'string' },
    sensitivity: { type: 'string' },
    residency: { type: 'string', multiple: true },
    guardrail: { type: 'string', multiple: true },
    capabilities: { type: 'string' },
    ...TOKEN_PRICE_OPTIONS,
    free: { type: 'boolean' },
  },
  help: `\`list\` shows aliases and models as they stand, deployed and overridden, with window, longest answer, US dollars per million
tokens and last day; \`get\` shows one of them, with its override.

  ID                    an alias, or a glob of aliases; with a slash a model, provider/model, or a glob of such names
  --target 'PROVIDER/MODEL [JSON]'   where an alias leads; may be repeated; with JSON what is said of it, such as
                        {"weight":9,"tokens_per_minute":100000,"when":{"tools":false},"parameters":{"effort":"low"}}
  --strategy NAME       ${STRATEGY_NAMES.join(', ')}
  --no-affinity         calls of one conversation may go to different targets
  --budget-fallback ALIAS   takes calls that no budget covers
  --content-policy-fallback   what one provider's content policy refuses is asked of the next target
  --max-cost-usd USD    the most that one call may cost
  --shadow 'PROVIDER/MODEL JSON'   what a share of the calls is also sent to, with that share and its budget, such as
                        {"share":0.05,"budget":{"limit_usd":"5.00","period":"day"}}
  --sensitivity LABEL  --residency AREA   how sensitive its calls are at least, and where they stay; docs/residency.md
  --guardrail ID        policy that its calls are held to; may be repeated; docs/guardrails.md
  --capabilities JSON|@FILE|-   what a model can do, as {"temperature":false,"max_output_tokens":1000}; docs/models.md lists all facts
${TOKEN_PRICE_HELP}
  --free                the model costs nothing`,
  inForceOf: async (client, id) => (await client.json<Listed>('GET', IN_FORCE)).data.find(({ alias }) => alias === id),
  verbs: { test: MODEL_TEST },
  inForce: { path: IN_FORCE, none: 'no aliases, and no models by name', warningsOf },
  bodyOf(parsed, id) {
    const body = {
      ...readData(text(parsed, 'data')),
      ...option('targets', readTargets(parsed)),
      ...option('strategy', text(parsed, 'strategy')),
      ...(flag(parsed, 'no-affinity') ? { affinity: false } : {}),
      ...option('budget_fallback', text(parsed, 'budget-fallback')),
      ...(flag(parsed, 'content-policy-fallback') ? { content_policy_fallback: true } : {}),
      ...option('shadow', readShadow(parsed)),
      ...option('max_cost_usd', text(parsed, 'max-cost-usd')),
      ...option('sensitivity', text(parsed, 'sensitivity')),
      ...option('residency', texts(parsed, 'residency')),
      ...option('guardrails', texts(parsed, 'guardrail')),
      ...option('capabilities', readCapabilities(parsed)),
      ...option('usd_per_million_tokens', readTokenPrices(parsed)),
      ...(flag(parsed, 'free') ? { free: true } : {}),
    };
    if (Object.keys(body).length > 0) return body;
    throw new UsageError(
      id.includes('/')
        ? `models set ${id} takes --capabilities, a price such as --input and --output, or --target`
        : 'models set takes at least one --target for an alias; the id of a model is PROVIDER/MODEL',
    );
  },
});

function option(name: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [name]: value };
}

function readTargets(parsed: Parsed): readonly object[] | undefined {
  return texts(parsed, 'target')?.map((given) => readTarget('target', given));
}

function readShadow(parsed: Parsed): object | undefined {
  const given = text(parsed, 'shadow');
  return given === undefined ? undefined : readTarget('shadow', given);
}

function readTarget(option: string, given: string): object {
  const space = given.indexOf(' ');
  const target = space < 0 ? given : given.slice(0, space);
  const at = target.indexOf('/');
  if (at < 1 || at === target.length - 1) throw new UsageError(`--${option} takes PROVIDER/MODEL, not '${target}'`);
  return { provider: target.slice(0, at), model: target.slice(at + 1), ...(space < 0 ? {} : readTerms(option, given.slice(space + 1))) };
}

function readTerms(option: string, json: string): object {
  try {
    const terms: unknown = JSON.parse(json);
    if (typeof terms === 'object' && terms !== null && !Array.isArray(terms)) return terms;
  } catch {
    // Told below, as what is no object.
  }
  throw new UsageError(`--${option} takes 'PROVIDER/MODEL {"weight":9}', with a JSON object behind the space, not '${json}'`);
}

function readCapabilities(parsed: Parsed): Record<string, unknown> | undefined {
  const given = text(parsed, 'capabilities');
  return given === undefined ? undefined : readData(given, 'capabilities');
}

function targetNames(row: Record<string, unknown>): readonly string[] {
  return (row['targets'] as { provider: string; model: string }[]).map(({ provider, model }) => `${provider}/${model}`);
}

/** A model that ends soon, or did end, is told of by the name that callers use. */
function warningsOf(row: Record<string, unknown>): readonly string[] {
  const end = row['end_of_life'];
  if (typeof end !== 'string') return [];
  const days = Math.ceil((Date.parse(end) - Date.now()) / DAY_MS);
  if (days > WARNING_DAYS) return [];
  const when = days < 0 ? `ended on ${end}` : `ends on ${end}, in ${days} ${days === 1 ? 'day' : 'days'}`;
  return [`warning: ${plain(row['alias'])} ${when} (${targetNames(row).map(plain).join(', ')}): choose another target`];
}
