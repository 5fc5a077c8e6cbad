import type { Application, Applied, RollupStore, SpendChange } from '../aws/dynamodb';
import { LARGEST_COMMIT, mergeSpend, spendChanges, spendNames } from '../aws/dynamodb';
import { COST, type Contribution, changed, isNothing, merged, NOTHING, nameOfRow, type RowChange, subtract } from '../money/rollup';
import { type Clock, type Pause, pause as timer } from '../platform/runtime';
import { isThrottle } from '../platform/stored';

/** Adds requests to the rollups, each exactly once. */
export interface RollupWriter {
  /**
   * Applies what requests contribute, under every epoch that is kept of their days.
   *
   * @returns the ids of requests that the table refuses for what they are
   * @throws what the table says when trying again may help
   */
  apply(contributions: readonly Contribution[]): Promise<ReadonlySet<string>>;
  /** The same under one epoch, for a rebuild: the levels' spend has no epochs and is left out. */
  rebuild(contributions: readonly Contribution[], epoch: number): Promise<ReadonlySet<string>>;
}

/** Two batches that meet on a row try again, after a pause that grows. */
const ATTEMPTS = 8;
const PAUSE_MS = 25;
/** Leaves room for rows that a request has left since it was applied. */
const COMFORTABLE_COMMIT = 80;

interface Target {
  readonly epoch: number;
  /** The levels' spend has no epochs: only the current one writes it. */
  readonly spends: boolean;
}

export function createRollupWriter(store: RollupStore, clock: Pick<Clock, 'now'>, pause: Pause = timer): RollupWriter {
  async function applyAll(contributions: readonly Contribution[], target: Target): Promise<ReadonlySet<string>> {
    const refused = new Set<string>();
    for (const group of pack(contributions)) await applyGroup(group, target, refused);
    return refused;
  }

  async function applyGroup(group: readonly Contribution[], target: Target, refused: Set<string>): Promise<void> {
    try {
      await commitGroup(group, target);
    } catch (error) {
      if (!isPoison(error)) throw error;
      if (group.length === 1) refused.add((group[0] as Contribution).requestId);
      else for (const contribution of group) await applyGroup([contribution], target, refused);
    }
  }

  async function commitGroup(group: readonly Contribution[], target: Target): Promise<void> {
    // Most requests are new, so their marks are only read once that turns out wrong.
    let known: ReadonlyMap<string, Applied> = new Map();
    let isContended = false;
    for (let attempt = 1; ; attempt += 1) {
      const applications = group.flatMap((contribution): Application[] => {
        const before = known.get(contribution.requestId);
        return before !== undefined && (before.final || !contribution.final) ? [] : [{ contribution, before }];
      });
      if (applications.length === 0) return;
      const changes = changesOf(applications);
      const spends = target.spends ? await spendOf(store, applications, clock.now()) : [];
      if (applications.length > 1 && applications.length + changes.length + spends.length > LARGEST_COMMIT) {
        const middle = Math.ceil(group.length / 2);
        await commitGroup(group.slice(0, middle), target);
        await commitGroup(group.slice(middle), target);
        return;
      }
      try {
        if ((await store.commit(target.epoch, applications, changes, spends, clock.now(), isContended)) === 'done') return;
        if (attempt >= ATTEMPTS) throw Object.assign(new Error('the rollups are contended'), { name: 'TransactionConflictException' });
        known = await readMarks(group, target.epoch);
      } catch (error) {
        if (!isThrottle(error) || attempt >= ATTEMPTS) throw error;
        isContended = true;
        await pause(PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }

  /** With the values of its tuples under which it is counted. */
  async function counted(contribution: Contribution): Promise<Contribution> {
    const rows = contribution.rows.map(async (row) => {
      const month = row.hour.slice(0, 7);
      const tuple = await changed(row.tuple, (dimension, value) => store.countedValue(row.tuple.key ?? '', month, dimension, value));
      return { ...row, tuple };
    });
    return { ...contribution, rows: merged(await Promise.all(rows)) };
  }

  async function readMarks(group: readonly Contribution[], epoch: number): Promise<ReadonlyMap<string, Applied>> {
    const found = await Promise.all(group.map(async ({ requestId }) => [requestId, await store.applied(requestId, epoch)] as const));
    return new Map(found.flatMap(([requestId, applied]) => (applied === undefined ? [] : [[requestId, applied] as const])));
  }

  const countedOnce = (contributions: readonly Contribution[]) => Promise.all(newest(contributions).map(counted));

  return {
    async apply(contributions) {
      const refused = new Set<string>();
      for (const [day, ofDay] of byDay(await countedOnce(contributions))) {
        const { current, building } = await store.epochs(day);
        const targets: Target[] = [{ epoch: current, spends: true }];
        if (building !== undefined) targets.push({ epoch: building, spends: false });
        for (const target of targets) for (const id of await applyAll(ofDay, target)) refused.add(id);
      }
      return refused;
    },
    rebuild: async (contributions, epoch) => applyAll(await countedOnce(contributions), { epoch, spends: false }),
  };
}

/** What the table will refuse however often it is asked. */
function isPoison(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException';
}

/** One delivery may hold several states of a request: the last one counts. */
function newest(contributions: readonly Contribution[]): readonly Contribution[] {
  const latest = new Map<string, Contribution>();
  for (const contribution of contributions) {
    const other = latest.get(contribution.requestId);
    if (other === undefined || !other.final) latest.set(contribution.requestId, contribution);
  }
  return [...latest.values()];
}

function byDay(contributions: readonly Contribution[]): ReadonlyMap<string, readonly Contribution[]> {
  const days = new Map<string, Contribution[]>();
  for (const contribution of contributions) days.set(contribution.day, [...(days.get(contribution.day) ?? []), contribution]);
  return days;
}

/** Groups whose marks and rows fit one transaction. */
function pack(contributions: readonly Contribution[]): readonly (readonly Contribution[])[] {
  const groups: Contribution[][] = [];
  let group: Contribution[] = [];
  let rows = new Set<string>();
  // Requests of one key share most of their rows.
  const byKey = [...contributions].sort((left, right) => compare(keyOf(left), keyOf(right)));
  for (const contribution of byKey) {
    const { day, levels, askedFor, places, costNanoUsd } = contribution;
    const names = spendNames(askedFor, places);
    const spends = costNanoUsd === 0n ? [] : levels.flatMap((level) => [`${level} ${names}`, `${level} ${day} ${names}`]);
    const own = [...contribution.rows.map(nameOfRow), ...spends];
    const wider = new Set([...rows, ...own]);
    if (group.length > 0 && group.length + 1 + wider.size > COMFORTABLE_COMMIT) {
      groups.push(group);
      group = [];
      rows = new Set(own);
    } else {
      rows = wider;
    }
    group.push(contribution);
  }
  return group.length === 0 ? groups : [...groups, group];
}

function keyOf({ levels }: Contribution): string {
  return levels.find((level) => level.startsWith('key#')) ?? '';
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** What all requests together add to each row, less what they had added before. */
function changesOf(applications: readonly Application[]): readonly RowChange[] {
  const added = applications.flatMap(({ contribution }) => contribution.rows);
  const taken = applications.flatMap(({ before }) => before?.rows ?? []).map((row) => ({ ...row, sums: subtract(NOTHING, row.sums) }));
  return merged([...added, ...taken]).filter(({ sums }) => !isNothing(sums));
}

/** What all requests together add to the spend of their levels. */
async function spendOf(
  { countedNames }: Pick<RollupStore, 'countedNames'>,
  applications: readonly Application[],
  nowMs: number,
): Promise<readonly SpendChange[]> {
  const changes = await Promise.all(
    applications.map(async ({ contribution: { levels, askedFor, places: models, atMs, costNanoUsd }, before }) => {
      const nanoUsd = (before?.rows ?? []).reduce((left, { sums }) => left - (sums[COST] ?? 0n), costNanoUsd);
      if (nanoUsd === 0n) return [];
      const names = spendNames(askedFor, models);
      const places = await Promise.all(levels.map(async (level) => ({ level, names: await countedNames(level, atMs, names) })));
      return spendChanges(places, atMs, nanoUsd, nowMs);
    }),
  );
  return mergeSpend(changes.flat());
}
