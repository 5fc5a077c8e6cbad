import type { BedrockGuardConfig } from '../../../lib/private/contract';
import type { GuardService, Question, ServiceVerdict } from './service';

/** Has a guardrail of Bedrock look at texts; rejects with `NoVerdict`. */
export type ApplyGuardrail = (config: BedrockGuardConfig, question: Question) => Promise<ServiceVerdict>;

const TIMEOUT_MS = 5_000;

/**
 * A guardrail of Amazon Bedrock. A call takes 25 text units of a thousand characters.
 *
 * @see https://aws.amazon.com/blogs/machine-learning/use-the-applyguardrail-api-with-long-context-inputs-and-streaming-outputs-in-amazon-bedrock
 */
const CALL_CHARACTERS = 25_000;
/** Of an answer that is held against its prompt. @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-contextual-grounding-check.html */
const GROUNDED_CHARACTERS = 5_000;

export function bedrockService(config: BedrockGuardConfig, applyGuardrail: ApplyGuardrail): GuardService {
  return {
    mostTexts: 100,
    mostCharacters: config.grounding === true ? GROUNDED_CHARACTERS : CALL_CHARACTERS,
    timeoutMs: TIMEOUT_MS,
    ask: (question) => applyGuardrail(config, question),
  };
}
