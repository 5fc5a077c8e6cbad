/** Every wire format, each loaded by the first call that needs it, and what all of them have in common. */
import type { Soon } from '../../platform/runtime';
import { DIALECTS, type DialectName } from '../dialects';
import type { Operation, ProtocolName } from '../model/request';
import { OPERATIONS } from '../operations';
import type { DialectCodec, Protocol, ProtocolCodec } from './protocol';

type Load<T> = () => Promise<T>;

/** Wire formats that no caller speaks, each a chunk of its own. Those of `DIALECTS` are spoken by providers too. */
const PROTOCOLS: Readonly<Record<Exclude<ProtocolName, DialectName>, Load<Protocol>>> = {
  'bedrock-converse': async () => (await import('./bedrock-converse')).bedrockConverse,
  gemini: async () => (await import('./gemini')).gemini,
  'cohere-v2': async () => (await import('./cohere-v2')).cohereV2,
};

/** Every wire format, by name. */
export interface Protocols {
  /** How callers of a route are read and answered. */
  dialect(name: DialectName, operation: Operation): Soon<DialectCodec>;
  /** How a provider is written to and read; undefined when this wire format has no such operation. */
  protocol(name: ProtocolName, operation: Operation): Soon<ProtocolCodec | undefined>;
}

export const protocols: Protocols = {
  dialect: remembered(async (name: DialectName, operation) => {
    const load = DIALECTS[name].codecs[operation];
    if (load === undefined) throw new Error(`the dialect ${name} has no ${operation}`);
    return load();
  }),
  protocol: remembered(async (name: ProtocolName, operation) => {
    const own = OPERATIONS[operation].protocols;
    if (own !== undefined) return own[name]?.();
    return name in DIALECTS ? DIALECTS[name as DialectName].protocol?.() : PROTOCOLS[name as Exclude<ProtocolName, DialectName>]();
  }),
};

function remembered<Name extends string, T>(load: (name: Name, operation: Operation) => Promise<T>) {
  const known = new Map<string, Soon<T>>();
  return (name: Name, operation: Operation): Soon<T> => {
    const label = `${name} ${operation}`;
    const found = known.get(label);
    if (found !== undefined) return found;
    const loading = load(name, operation).then((codec) => {
      known.set(label, codec);
      return codec;
    });
    known.set(label, loading);
    return loading;
  };
}

export type { BudgetState } from './budget-state';
export { checkGenerated, FailedGeneration, failingStream } from './failed-generation';
export { type OwnNames, ownNames } from './field-names';
export { guardrailUnits } from './guardrail-usage';
export { locationOf } from './media-locations';
export { mediaUrlIn } from './media-urls';
export type {
  CallEnvelope,
  CallFacts,
  Dialect,
  DialectCodec,
  EncodeContext,
  Frame,
  FrameVerdict,
  ModelNeeds,
  Protocol,
  ProtocolCodec,
  StreamDecoder,
  StreamEncoder,
  StreamMeter,
} from './protocol';
export { isRefusalCode, providerRefusal, type RefusalCode, unreadableAnswer, upstreamIncomplete } from './provider-error';
export { type SaidAllowance, type SaidQuota, saidQuota } from './quota-headers';
export { storedReferenceIn } from './stored-references';
