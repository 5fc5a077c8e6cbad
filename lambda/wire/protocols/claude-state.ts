import type { ProtocolName, ReasoningPart } from '../model/request';

/** Claude's signatures hold on every platform that serves it. @see https://docs.claude.com/en/docs/build-with-claude/extended-thinking */
export const CLAUDE: ReadonlySet<ProtocolName> = new Set<ProtocolName>(['anthropic-messages', 'bedrock-converse']);

/** What Anthropic's API accepts back; undefined when it would refuse the block. */
export function claudeState(part: ReasoningPart): { readonly signature?: string; readonly redacted?: string } | undefined {
  if (part.redacted !== undefined && CLAUDE.has(part.redacted.protocol)) return { redacted: part.redacted.value };
  if (part.signature !== undefined && CLAUDE.has(part.signature.protocol)) return { signature: part.signature.value };
  return undefined;
}
