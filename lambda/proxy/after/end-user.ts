import type { JsonObject, JsonValue } from '../../platform/json';
import type { RoutedCall } from '../before/call';
import type { Trace } from './trace';

/** Longer ones are cut: an id is shorter. */
const LONGEST = 128;
const PLAIN: readonly string[] = ['user'];

type SaidOf = Pick<RoutedCall, 'configuration' | 'dialect' | 'document' | 'exchange' | 'options'>;

/** Notes whom the caller says that it asks for. */
export function noteSubjects(trace: Trace, call: SaidOf): void {
  trace.labels = call.options.labels;
  trace.endUser = endUserOf(call);
}

/** On whose behalf the caller asks: by the header that the deployment names, else where the dialect has a field for that and the caller says it. */
function endUserOf({ configuration, dialect, document, exchange }: SaidOf): string | undefined {
  const { endUserHeader } = configuration.document;
  const named = endUserHeader === undefined ? undefined : exchange.headers[endUserHeader];
  if (typeof named === 'string' && named.trim() !== '') return named.trim().slice(0, LONGEST);
  for (const path of dialect.fieldNames?.['user'] ?? PLAIN) {
    const found = path.split('.').reduce<JsonValue | undefined>((within, name) => fieldOf(within, name), document.value);
    if (typeof found === 'string' && found !== '') return found.slice(0, LONGEST);
  }
  return undefined;
}

function fieldOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
  return isObject && Object.hasOwn(value, name) ? (value as JsonObject)[name] : undefined;
}
