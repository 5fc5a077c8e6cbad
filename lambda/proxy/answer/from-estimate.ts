import { estimateTokens, familyOf } from '../../money/pricing';
import type { TokenCount } from '../../wire/operations';
import { type AnswerSource, NOT_ASKED } from './source';

/** Counts tokens for a model whose provider counts nothing in advance: our own estimate. */
export const estimateSource: AnswerSource = {
  answer({ call, trace }, sink) {
    if (!call.operation.estimated) return NOT_ASKED;
    const inputTokens = estimateTokens(call.document.bytes.toString('utf8'), familyOf(call.facts.model));
    const count: TokenCount = { inputTokens };
    trace.written = [`input_tokens=${inputTokens} (an estimate)`];
    return sink.send(count);
  },
};
