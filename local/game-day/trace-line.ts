import type { Disturbance } from '../aws/disturbance';
import type { TracedCall } from '../aws/traced-call';
import { functionKind } from '../template/functions';
import { resourceName } from './disturber';

/** One call of AWS, as it is told. */
export interface TraceLine {
  readonly request_id: string | null;
  readonly invocation_id: string | null;
  readonly function: string;
  readonly function_id: string;
  readonly service: string;
  readonly action: string;
  readonly resources: readonly string[];
  /** Epoch ms, to the microsecond. */
  readonly start: number;
  readonly end: number;
  readonly read_units: number;
  readonly write_units: number;
  readonly error?: string;
  readonly disturbed?: string;
}

export function traceLine(call: TracedCall, requestId: string | undefined): TraceLine {
  const resources = call.accesses.filter(({ action }) => !action.startsWith('kms:')).map(({ resource }) => resourceName(resource));
  return {
    request_id: requestId ?? null,
    invocation_id: call.invocation?.requestId ?? null,
    function: functionKind(call.principal) ?? call.principal,
    function_id: call.principal,
    service: call.service,
    action: call.action,
    resources: [...new Set(resources)],
    start: rounded(call.startMs),
    end: rounded(call.endMs),
    read_units: call.consumption.readUnits,
    write_units: call.consumption.writeUnits,
    ...(call.error === undefined ? {} : { error: call.error }),
    ...(call.disturbance === undefined || call.disturbance.asInAws === true ? {} : { disturbed: effectOf(call.disturbance) }),
  };
}

function effectOf({ lost, error }: Disturbance): string {
  if (lost !== undefined) return `lost-${lost}`;
  return error === undefined ? 'slow' : 'refused';
}

/** To the microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
