import type { DialectCodec, ProtocolCodec } from '../protocols/protocol';

const SHARED = [
  'name',
  'modelField',
  'framing',
  'heartbeat',
  'terminator',
  'errorStatus',
  'encodeError',
  'encodeStreamError',
  'decodeError',
  'budgetHeaders',
] as const;

/**
 * What a wire format has whatever is asked for in it: its errors, its headers, how it is framed. An operation's codec adds all the rest, so
 * that nothing which chat says of its own bodies is taken for true of others in silence.
 */
export function formatOf<T extends DialectCodec | ProtocolCodec>(chat: T): Pick<T, Extract<keyof T, (typeof SHARED)[number]>> {
  const shared = SHARED.flatMap((name) => (name in chat ? [[name, chat[name as keyof T]] as const] : []));
  return Object.fromEntries(shared) as Pick<T, Extract<keyof T, (typeof SHARED)[number]>>;
}
