import { GatewayError, unsupported } from '../../platform/error';
import type { JsonObject, JsonValue } from '../../platform/json';

type Settings = Readonly<Record<string, string | undefined>>;

const IDENTIFIER = 'guardrailConfig.guardrailIdentifier';
/** The trace tells what the guardrail bills. */
const TRACED = { trace: 'enabled' };

/** Whether a guardrail looks at a call with these fields of Converse's own. */
export function isGuarded({ guardrailId, callerGuardrails }: Settings, nativeFields: readonly string[]): boolean {
  return guardrailId !== undefined || (callerGuardrails !== undefined && nativeFields.includes('guardrailConfig'));
}

/**
 * A Converse call with its guardrail: the operator's, which holds for every call, or else one that the caller asked for and may name.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html
 * @throws GatewayError 400 for one that the caller may not name, or that would weaken the operator's
 */
export function withGuardrail(body: JsonObject, { guardrailId, guardrailVersion = 'DRAFT', callerGuardrails }: Settings): JsonObject {
  const asked = body['guardrailConfig'] as JsonObject | undefined;
  if (guardrailId !== undefined) {
    const own = { guardrailIdentifier: guardrailId, guardrailVersion };
    return { ...body, guardrailConfig: { ...(asked === undefined ? {} : checkedAgainst(own, asked)), ...own, ...TRACED } };
  }
  if (asked === undefined) return body;
  const { guardrailIdentifier: named } = asked;
  if (typeof named !== 'string' || callerGuardrails?.split(',').includes(named) !== true) {
    throw unsupported(
      IDENTIFIER,
      `${IDENTIFIER} is ${shown(named)}, which no caller may ask for; leave guardrailConfig out, or ask an administrator.`,
    );
  }
  return { ...body, guardrailConfig: { guardrailVersion, ...asked, ...TRACED } };
}

/** Text that is shown before the guardrail has seen it would be past it. */
function checkedAgainst(own: JsonObject, asked: JsonObject): JsonObject {
  for (const [field, value] of Object.entries(own)) {
    const other = asked[field] ?? value;
    if (other === value) continue;
    const path = `guardrailConfig.${field}`;
    throw unsupported(
      path,
      `${path} is ${shown(other)}, but a guardrail of the operator's holds for every call; leave guardrailConfig out.`,
    );
  }
  if ((asked['streamProcessingMode'] ?? 'sync') === 'sync') return asked;
  const path = 'guardrailConfig.streamProcessingMode';
  throw unsupported(path, `${path} can only be sync, because a guardrail of the operator's holds for every call; leave it out.`);
}

function shown(value: JsonValue | undefined): string {
  return typeof value === 'string' ? `'${value.slice(0, 64)}'` : 'no name';
}

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-responses-api.html */
export function unguarded(): GatewayError {
  return new GatewayError({
    code: 'operation_not_supported',
    message: "The guardrail of the call holds for Bedrock's Converse API, which this model does not have; ask for another model.",
    param: 'model',
  });
}
