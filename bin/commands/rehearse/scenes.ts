import type { DisturbanceRule } from '../../../local/game-day/disturbance-rules';

/** Something that goes wrong with the table while callers call. */
export interface Scene {
  readonly name: string;
  readonly what: string;
  readonly rules: readonly DisturbanceRule[];
  /** Of the calls, the share that is answered all the same, also on a machine that does other things beside it. */
  readonly leastAnswered: number;
}

const PROXY = { function: 'proxy', service: 'dynamodb' } as const;
const COUNTERS = { ...PROXY, resource: '*Counters*', action: 'UpdateItem' } as const;
const RECORDS = { ...PROXY, resource: '*Records*', action: 'PutItem' } as const;
const ROWS = { ...PROXY, resource: '*Identity*', action: 'BatchGetItem' } as const;
/** One in three. */
const THIRD = { probability: 1 / 3 } as const;
const DEAF_SECONDS = 30;

/** @param seconds of the scene */
export function scenes(seconds: number): readonly Scene[] {
  return [
    {
      name: 'reserve',
      what: 'of the answers to reserves and closes one in three never comes',
      rules: [{ ...COUNTERS, effect: 'lost-after', manner: 'hang', ...THIRD }],
      leastAnswered: 0.75,
    },
    {
      name: 'cut',
      what: 'of the connections of reserves and closes one in three breaks before, one in five after the call',
      rules: [
        { ...COUNTERS, effect: 'lost-before', ...THIRD },
        { ...COUNTERS, effect: 'lost-after', probability: 0.2 },
      ],
      leastAnswered: 0.75,
    },
    {
      name: 'late',
      what: 'of the connections of reserves and closes one in five breaks after the call, and one call in four is made when nobody waits for it',
      rules: [
        { ...COUNTERS, effect: 'lost-after', probability: 0.2 },
        { ...COUNTERS, effect: 'slow', delay_ms: 900, probability: 0.25 },
      ],
      leastAnswered: 0.75,
    },
    {
      name: 'record',
      what: 'of the answers to records, and of the reserves, one in three never comes: settlements and voids are said again',
      rules: [
        { ...RECORDS, effect: 'lost-after', manner: 'hang', ...THIRD },
        { ...COUNTERS, effect: 'lost-before', manner: 'hang', ...THIRD },
      ],
      leastAnswered: 0.75,
    },
    {
      name: 'rows',
      what: 'of the reads of rows one in three is not answered',
      rules: [{ ...ROWS, effect: 'lost-before', manner: 'hang', ...THIRD }],
      leastAnswered: 0.75,
    },
    {
      name: 'slow',
      what: 'reserves and closes take 400 ms',
      rules: [{ ...COUNTERS, effect: 'slow', delay_ms: 400 }],
      leastAnswered: 0.75,
    },
    {
      name: 'throttled',
      what: 'of all calls of the tables one in three is throttled',
      rules: [{ ...PROXY, effect: 'throttled', ...THIRD }],
      leastAnswered: 0.5,
    },
    {
      name: 'deaf',
      what: `the tables take nothing for ${Math.min(DEAF_SECONDS, seconds / 2)} s`,
      rules: [{ ...PROXY, effect: 'dead', manner: 'hang', for_seconds: Math.min(DEAF_SECONDS, seconds / 2) }],
      leastAnswered: 0.1,
    },
  ];
}
