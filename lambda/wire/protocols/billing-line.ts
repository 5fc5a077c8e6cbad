import type { TextPart } from '../model/request';

/** How a line of Claude Code's begins that is meant for Anthropic's own accounts and says nothing to a model. It differs from call to call. */
const BILLING = 'x-anthropic-billing-header';

/**
 * A system text without that line, which Bedrock refuses and which keeps prefixes from being cached elsewhere. Relays join it with what
 * follows, so no more than the line is taken out.
 *
 * @see https://github.com/anthropics/claude-code/issues/24168
 */
export function withoutBillingLine(text: string): string {
  const told = text.trimStart();
  if (!told.startsWith(BILLING)) return text;
  const end = told.indexOf('\n');
  return end < 0 ? '' : told.slice(end + 1).trimStart();
}

/** The part without that line; none where nothing is left of it. */
export function withoutBilling(part: TextPart): TextPart[] {
  const text = withoutBillingLine(part.text);
  if (text === part.text) return [part];
  return text === '' ? [] : [{ ...part, text }];
}
