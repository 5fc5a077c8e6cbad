/**
 * The only fields a log line may hold, beside those of the usage record that say they are logged. There is no field for a body, a prompt,
 * a header or a credential, so none of them can reach a log by accident.
 */
export interface LogFields {
  readonly requestId?: string;
  readonly keyId?: string;
  readonly teamId?: string;
  readonly method?: string;
  /** The matched route, never the raw path. */
  readonly route?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly status?: number;
  readonly outcome?: string;
  /** `GatewayError.code`, or an AWS error's name. */
  readonly code?: string;
  /** Low-cardinality detail of ours, never a provider's or caller's text. */
  readonly reason?: string;
  /** Level, id and period of a budget, as administrators name them. */
  readonly budget?: string;
  readonly attempts?: number;
  readonly costNanoUsd?: string;
  readonly latencyMs?: number;
  readonly count?: number;
  readonly bytes?: number;
  /** Name and stack of an unexpected error of our own code; its message is left out. */
  readonly stack?: string;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const RANK: Readonly<Record<LogLevel, number>> = { debug: 10, info: 20, warn: 30, error: 40 };
const LONGEST_TEXT = 256;
const LONGEST_STACK = 4_096;
/** What stands in quotes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;
const UNESCAPED = /[\u007f-\u009f\u2028\u2029]/;

export interface Log {
  /** @param metrics members that CloudWatch reads as metrics (`Metrics.members`); they are written whatever the level */
  write(level: LogLevel, event: string, fields?: LogFields, metrics?: string): void;
}

/** One escaped JSON line per entry, so that nothing in a field can forge another line. */
export function createLog(level: string, sink: (line: string) => void = (line) => process.stdout.write(line)): Log {
  const threshold = RANK[level as LogLevel] ?? RANK.info;
  return {
    write(entryLevel, event, fields = {}, metrics) {
      const carried = metrics === undefined ? '' : `,${metrics}`;
      if (RANK[entryLevel] >= threshold) {
        deliver(sink, `{"level":"${entryLevel}","event":${quoted(event)}${membersOf(fields)}${carried}}\n`);
      } else if (metrics !== undefined) deliver(sink, `{${metrics}}\n`);
    },
  };
}

/** A line that cannot be delivered is lost; the request that it tells of is not. */
export function deliver(sink: (line: string) => void, line: string): void {
  try {
    sink(line);
  } catch {
    // There is nowhere left to say so.
  }
}

/** `,"name":value` for each field that has a value. */
function membersOf(fields: LogFields): string {
  let text = '';
  for (const name in fields) {
    const value = fields[name as keyof LogFields];
    if (value === undefined) continue;
    if (typeof value === 'string') text += `,"${name}":${quoted(value, name === 'stack' ? LONGEST_STACK : LONGEST_TEXT)}`;
    else text += `,"${name}":${typeof value === 'boolean' ? value : numeral(value)}`;
  }
  return text;
}

/** A text as a line may hold it, in quotes. */
export function quoted(value: string, longest = LONGEST_TEXT): string {
  return value.length <= longest && PLAIN.test(value) ? `"${value}"` : JSON.stringify(safeText(value, longest));
}

/** A number as JSON has it. */
export function numeral(value: number): string {
  return Number.isFinite(value) ? `${value}` : 'null';
}

/** Text that may stand in a line: JSON.stringify leaves C1 controls, DEL and the Unicode line separators as they are. */
export function safeText(value: string, longest = LONGEST_TEXT): string {
  return value.length <= longest && !UNESCAPED.test(value) ? value : value.slice(0, longest).replace(new RegExp(UNESCAPED, 'g'), '?');
}

/** The stack of an unexpected error without its message, which may quote anything. */
export function safeStack(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames].join('\n');
}
