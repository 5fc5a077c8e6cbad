import type { AnyRequest } from '../../../wire/model';
import { type OwnNames, ownNames } from '../../../wire/protocols';
import type { RoutedCall } from '../../before/call';

/** Names for what is refused or left out of a call that is translated: encoders name fields of the common model. */
export function callersNames({ dialect, document }: RoutedCall, decoded: AnyRequest): OwnNames {
  const turns = 'messages' in decoded && Array.isArray(decoded.messages) ? decoded.messages.length : 0;
  return ownNames(dialect.fieldNames ?? {}, document.value, turns);
}

/** @throws what the step throws; a refusal by the caller's own name for the field */
export function inCallersWords<T>(own: OwnNames, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw own.refusal(error);
  }
}

/** What is left out of a call, once each. What its own dialect left out bears the caller's names already. */
export function droppedOf({ dropped: own = [] }: AnyRequest, names: OwnNames, dropped: readonly string[]): readonly string[] {
  return [...new Set([...own, ...dropped.filter((name) => !own.includes(name)).map((name) => names.name(name))])];
}
