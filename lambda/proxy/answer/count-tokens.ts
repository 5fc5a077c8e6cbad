import { estimateTokens, familyOf } from '../../money/pricing';
import type { RoutedCall } from '../before/call';

/** Anthropic's answer to `count_tokens` for a model whose provider counts nothing in advance: our own estimate. */
export function estimatedCount(call: RoutedCall): Buffer {
  const tokens = estimateTokens(call.document.bytes.toString('utf8'), familyOf(call.facts.model));
  return Buffer.from(JSON.stringify({ input_tokens: tokens }));
}
