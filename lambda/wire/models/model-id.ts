import { BEDROCK_VENDORS, withoutProfile } from '../model/bedrock-profile';

const VENDOR = new RegExp(`^(?:${BEDROCK_VENDORS.join('|')})\\.`);
/** What a model is made of: `ft:gpt-4o-2024-08-06:org::id`. */
const FINE_TUNED = /^ft:([^:]+)/;
/** The version of a model on Bedrock, a window with it: `-v1:0`, `-1:0`, `-v1`, `:0`, `-v1:0:24k`. */
const BEDROCK_VERSION = /(?:(?:-v?\d{1,2})?:\d{1,2}(?::\d{1,4}k)?|-v1)$/;
/** A way of serving it, or a window: `:free`, `[1m]`. */
const VARIANT = /(?::[a-z][a-z-]*|\[1m\])$/;
/** Which state of a model is meant: a day, a month and day, a number of three digits, the latest. */
const SNAPSHOT = /[-@](?:20\d\d(-?)\d\d\1\d\d|\d{4}|00\d|latest|default)$/;

/**
 * What its maker calls a model, whoever serves it, wherever, and whichever snapshot: `us.anthropic.claude-sonnet-4-5-20250929-v1:0` and
 * `anthropic/claude-sonnet-4.5` are `claude-sonnet-4-5`.
 */
export function makersName(model: string): string {
  const name = model.toLowerCase();
  const base = FINE_TUNED.exec(name)?.[1] ?? name.slice(name.lastIndexOf('/') + 1);
  const plain = withoutProfile(base).replace(VENDOR, ownName).replace(VARIANT, '').replace(BEDROCK_VERSION, '').replace(SNAPSHOT, '');
  return plain.startsWith('claude-') ? plain.replace(/(?<=\d)\.(?=\d)/, '-') : plain;
}

/** DeepSeek's alone do not bear its name there: `deepseek.r1-v1:0`. */
function ownName(vendor: string): string {
  return vendor === 'deepseek.' ? 'deepseek-' : '';
}
