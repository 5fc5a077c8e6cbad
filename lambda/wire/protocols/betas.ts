/**
 * Features of Anthropic's API that Bedrock has, by name; it refuses a call for any other with "invalid beta flag".
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 */
export const BEDROCK_BETAS = betasNamed(
  'computer-use|token-efficient-tools|fine-grained-tool-streaming|interleaved-thinking|output-128k|dev-full-thinking|context-1m',
  'context-management|compact|effort|tool-search-tool|tool-examples|dangerous-tool-use|mid-conversation-output-config',
  'mid-conversation-tool-changes|thinking-binding-controls|thinking-display-updates',
);

/** @param names without their day, parted by `|` */
export function betasNamed(...names: readonly string[]): RegExp {
  return new RegExp(`^(?:${names.join('|')})-\\d{4}-\\d{2}-\\d{2}$`, 'i');
}
