import type { SensitivityLabel } from '../../../lib/private/contract';
import type { CallGuard } from '../../guardrails';
import type { Caller, KeptRows } from '../../identity';
import type { Bound, SmallerBounds } from '../../money/ledger';
import type { Price } from '../../money/pricing';
import type { Exchange } from '../../platform/http';
import type { JsonDocument } from '../../platform/json';
import type { FormDocument } from '../../platform/multipart';
import type { Asked, LiveConfiguration, Resolution, Skipped, Target } from '../../routing';
import type { AnswerKind, OperationDeclaration } from '../../wire/operations';
import type { CallEnvelope, CallFacts, DialectCodec } from '../../wire/protocols';
import type { Route } from './routes';

/** A body that was read, by its kind. */
export type CallDocument = (JsonDocument & { readonly form?: undefined }) | FormDocument;

/** What is asked for, read and checked. Nothing of it changes later: each attempt starts from here. */
export interface ModelCall {
  readonly requestId: string;
  readonly exchange: Exchange;
  readonly route: Route;
  readonly operation: OperationDeclaration;
  /** What its answer comes as. */
  readonly answer: AnswerKind;
  readonly dialect: DialectCodec;
  readonly envelope: CallEnvelope;
  readonly document: CallDocument;
  readonly facts: CallFacts;
  readonly options: CallOptions;
  readonly caller: Caller;
  /** The configuration of the moment the call came. */
  readonly configuration: LiveConfiguration;
}

/** What the caller asked of the gateway itself, by `x-gateway-*` headers. */
export interface CallOptions {
  /** For the usage record; never for policy or money. */
  readonly labels: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Decimal US dollars. */
  readonly maxCostUsd?: string;
  /** How sensitive the call is at least. */
  readonly sensitivity?: SensitivityLabel;
  /** Ids of guardrail policies that it is to be held to as well. */
  readonly guardrails: readonly string[];
}

/** Where a call may go, and on what terms. */
export interface CallRoute {
  readonly resolution: Resolution;
  /** Those of the resolution that this key may use; never empty. */
  readonly targets: readonly Target[];
  /** Those of the resolution that the call is not for, or that cannot carry it. */
  readonly skipped: readonly Skipped[];
  /** What they were chosen by; absent where there was nothing to choose. */
  readonly asked: Asked | undefined;
  /** Paths of what was left out of the document because this key may not use it. */
  readonly withheld: readonly string[];
  /** The provider may keep the call and its answer, where it asks for that. */
  readonly mayStore: boolean;
  /** What the call's targets were held to. */
  readonly sensitivity: SensitivityLabel;
  /** What it was planned from. */
  readonly rows: KeptRows;
  /** Ids of the guardrail policies that hold for it, those that it asks for itself included. */
  readonly guardrails: readonly string[];
  /** What they found in it. Absent: none holds. */
  readonly guard: CallGuard | undefined;
}

/** A call and where it may go. */
export interface RoutedCall extends ModelCall, CallRoute {}

const NONE: readonly Skipped[] = [];

/** Written out: every request makes one, and copying two objects into a third costs several times as much. */
export function routed(call: ModelCall, route: Omit<CallRoute, 'skipped' | 'asked' | 'guard'> & Partial<CallRoute>): RoutedCall {
  const { requestId, exchange, operation, answer, dialect, envelope, document, facts, options, caller, configuration } = call;
  const { resolution, targets, skipped = NONE, asked, withheld, mayStore, sensitivity, rows, guardrails, guard } = route;
  return {
    requestId,
    exchange,
    route: call.route,
    operation,
    answer,
    dialect,
    envelope,
    document,
    facts,
    options,
    caller,
    configuration,
    resolution,
    targets,
    skipped,
    asked,
    withheld,
    mayStore,
    sensitivity,
    rows,
    guardrails,
    guard,
  };
}

/** The call to those of its targets that are left for it. */
export function leading(call: RoutedCall, to: Pick<CallRoute, 'targets' | 'skipped' | 'asked'>): RoutedCall {
  const { resolution, withheld, mayStore, sensitivity, rows, guardrails, guard } = call;
  const { targets, skipped, asked } = to;
  return routed(call, { resolution, targets, skipped, asked, withheld, mayStore, sensitivity, rows, guardrails, guard });
}

/** Why an output cap is written that the caller did not ask for. */
export type CapReason = 'budget' | 'x-gateway-max-cost-usd' | 'the route' | 'defaultMaxOutputTokens';

/** A call that cannot cost more than is known. */
export interface BoundedCall {
  /** Without the targets whose price nobody knows. */
  readonly call: RoutedCall;
  readonly bound: Bound;
  /** What it may be held to instead, where its output is not capped. */
  readonly smaller: SmallerBounds | undefined;
  /** By the target's `provider/model`; pinned for the life of the call. */
  readonly prices: ReadonlyMap<string, Price>;
  /** Cap to write in place of the caller's, in tokens; undefined leaves it as it is. */
  readonly outputCap: number | undefined;
  readonly capReason: CapReason | undefined;
  /** Its answer cannot be longer than `maxOutputTokens`. */
  readonly isCapped: boolean;
  /** Output tokens over all choices that the provider is held to. */
  readonly maxOutputTokens: number;
}
