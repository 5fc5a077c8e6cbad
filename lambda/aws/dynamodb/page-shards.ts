import { type EmptyRates, type PageShards, type PageSpec, type Parcel, RETIRED, type ShardAmounts, WINDOW_NAMES } from '../../money/ports';
import type { Item } from './attributes';
import type { UpdateResult } from './conditional';
import { backName, number, StoredPage, seconds, shortPeriod, WINDOWS, writeParcel } from './page-item';
import { blankUpdate, figures, type PageUpdate, periodAtIndex, putMark, WINDOW_TEXTS } from './page-take';

const TIMEOUT_MS = 1_500;
/** Each further try means that a period passed in between. */
const MOST_TRIES = 8;

/** Money between a root and its shards, on the same table as the pages. */
export function createPageShards(
  update: (key: string, change: PageUpdate, timeoutMs: number) => Promise<UpdateResult>,
  create: (item: Item, timeoutMs: number) => Promise<UpdateResult>,
): PageShards {
  const done = (result: UpdateResult): boolean => 'done' in result;

  return {
    async send(spec, loans, timeoutMs = TIMEOUT_MS) {
      const change = blankUpdate();
      const { set, conditions, names, values } = change;
      conditions.push('g = :g');
      values[':g'] = number(spec.generation);
      for (const [index, { name, startMs, binds }] of spec.periods.entries()) {
        const text = periodAtIndex(index);
        const amount = loans.reduce((sum, { parcel }) => sum + (parcel.nanoUsd[name] ?? 0n), 0n);
        names[text.name] = shortPeriod(name);
        values[text.start] = seconds(startMs);
        conditions.push(text.isStart);
        if (amount === 0n) continue;
        values[text.amount] = number(amount);
        set.push(text.takeAmount);
        if (binds) conditions.push(text.hasAmount);
      }
      const slots = loans.reduce((sum, { parcel }) => sum + (parcel.slots ?? 0), 0);
      if (slots > 0) {
        values[':sa'] = number(slots);
        set.push('slots.r = slots.r - :sa');
        conditions.push('slots.r >= :sa');
      }
      for (const [index, { loan, parcel, number: loanNumber }] of loans.entries()) {
        names[`#i${index}`] = loan;
        values[`:loan${index}`] = { M: { n: number(loanNumber + 1), a: writeParcel(parcel) } };
        set.push(`sh.#i${index} = :loan${index}`);
        if (loanNumber === 0) conditions.push(`attribute_not_exists(sh.#i${index})`);
        else {
          values[`:n${index}`] = number(loanNumber);
          conditions.push(`sh.#i${index}.n = :n${index}`, `attribute_not_exists(sh.#i${index}.a)`);
        }
      }
      return done(await update(spec.key, change, timeoutMs));
    },

    async take(spec, parcel, loanNumber, rates, timeoutMs = TIMEOUT_MS) {
      if (loanNumber === 1) return done(await create(newShard(spec, parcel, rates), timeoutMs));
      const change = blankUpdate();
      const { set, conditions, values } = change;
      addAmounts(change, parcel, Object.keys(parcel.nanoUsd));
      set.push('q = :n');
      conditions.push('q = :q');
      values[':n'] = number(loanNumber);
      values[':q'] = number(loanNumber - 1);
      return done(await update(spec.key, change, timeoutMs));
    },

    async clear(root, loans, timeoutMs = TIMEOUT_MS) {
      const change = blankUpdate();
      const { remove, conditions, names, values } = change;
      for (const [index, { loan, number: loanNumber }] of loans.entries()) {
        names[`#i${index}`] = loan;
        values[`:n${index}`] = number(loanNumber);
        remove.push(`sh.#i${index}.a`);
        conditions.push(`sh.#i${index}.n = :n${index}`, `attribute_exists(sh.#i${index}.a)`);
      }
      return done(await update(root, change, timeoutMs));
    },

    async share({ key, generation }, rates, timeoutMs = TIMEOUT_MS) {
      const change = blankUpdate();
      setRates(change, rates);
      if (change.set.length === 0) return true;
      change.conditions.push('g = :g');
      change.values[':g'] = number(generation);
      return done(await update(key, change, timeoutMs));
    },

    async announce(key, shards, timeoutMs = TIMEOUT_MS) {
      const change = { set: ['shards = :shards'], remove: [], conditions: ['attribute_exists(pk)'], names: {} };
      return done(await update(key, { ...change, values: { ':shards': number(shards) } }, timeoutMs));
    },

    async pack(shard, timeoutMs = TIMEOUT_MS) {
      const change = blankUpdate();
      const { set, conditions, names, values } = change;
      const some: string[] = [];
      set.push('bk = :one');
      values[':one'] = number(1);
      for (const [index, name] of Object.keys(shard.periods).entries()) {
        const text = periodAtIndex(index);
        names[text.name] = shortPeriod(name);
        names[text.back] = backName(name);
        set.push(text.pack, text.empty);
        some.push(text.hasAny);
      }
      if (shard.slots !== undefined) {
        set.push('bs = slots.r', 'slots.r = :none');
        some.push('slots.r <> :none');
      }
      values[':none'] = number(0);
      conditions.push('attribute_not_exists(bk)', `(${some.join(' OR ')})`);
      return some.length > 0 && done(await update(shard.key, change, timeoutMs));
    },

    async receive({ root, loan }, shard, timeoutMs = TIMEOUT_MS) {
      const back = shard.back;
      let names = Object.keys(back?.nanoUsd ?? {});
      for (let tries = 0; back !== undefined && tries < MOST_TRIES; tries++) {
        const change = blankUpdate();
        addAmounts(change, back, names);
        for (const [index, name] of names.entries()) {
          const text = periodAtIndex(index);
          change.values[text.start] = seconds(shard.periods[name]?.startMs ?? 0);
          change.conditions.push(text.isStart);
        }
        change.names['#i'] = loan;
        change.values[':n'] = number(shard.parcels + 1);
        change.values[':q'] = number(shard.parcels);
        change.set.push('sh.#i.n = :n');
        change.conditions.push('sh.#i.n = :q', 'attribute_not_exists(sh.#i.a)');
        const result = await update(root, change, timeoutMs);
        if ('done' in result) return true;
        const found = result.failed === undefined ? undefined : new StoredPage(result.failed);
        const standing = names.filter((name) => found?.periods[name]?.startMs === shard.periods[name]?.startMs);
        if (standing.length === names.length) return false;
        names = standing;
      }
      return false;
    },

    async unpack({ key }, parcels, timeoutMs = TIMEOUT_MS) {
      const values = { ':q': number(parcels), ':n': number(parcels + 1) };
      const conditions = ['q = :q', 'attribute_exists(bk)'];
      return done(await update(key, { set: ['q = :n'], remove: ['bk'], conditions, names: {}, values }, timeoutMs));
    },

    async retire(shard, ttl, timeoutMs = TIMEOUT_MS) {
      const change = blankUpdate();
      const { set, conditions, names, values } = change;
      conditions.push('q = :q', 'size(o) = :none', 'size(k) = :none', 'attribute_not_exists(bk)');
      for (const [index, name] of Object.keys(shard.periods).entries()) {
        const text = periodAtIndex(index);
        names[text.name] = shortPeriod(name);
        conditions.push(text.hasNone);
      }
      if (shard.slots !== undefined) conditions.push('slots.r = :none');
      set.push('q = :retired', 'g = :retired', '#ttl = :ttl');
      names['#ttl'] = 'ttl';
      Object.assign(values, { ':q': number(shard.parcels), ':none': number(0), ':retired': number(RETIRED), ':ttl': number(ttl) });
      return done(await update(shard.key, change, timeoutMs));
    },

    async forget({ root, loan }, loanNumber, timeoutMs = TIMEOUT_MS) {
      const conditions = ['sh.#i.n = :n', 'attribute_not_exists(sh.#i.a)'];
      const change = { set: [], remove: ['sh.#i'], conditions, names: { '#i': loan }, values: { ':n': number(loanNumber) } };
      return done(await update(root, change, timeoutMs));
    },

    async resize(root, seen, shards, rates, timeoutMs = TIMEOUT_MS) {
      const conditions = [seen === 0 ? '(attribute_not_exists(shards) OR shards = :seen)' : 'shards = :seen', 'attribute_exists(pk)'];
      const change = { ...blankUpdate(), conditions };
      Object.assign(change.values, { ':seen': number(seen), ':shards': number(shards), ':none': { M: {} } });
      change.set.push('shards = :shards', 'sh = if_not_exists(sh, :none)');
      if (rates !== undefined) setRates(change, rates);
      return done(await update(root, change, timeoutMs));
    },
  };
}

function setRates({ set, remove, values }: PageUpdate, rates: EmptyRates): void {
  for (const window of WINDOW_NAMES) {
    const text = WINDOW_TEXTS[window];
    const mark = rates.marks[window];
    const tokens = rates.tokens[window];
    if (mark !== undefined) {
      set.push(text.begin);
      remove.push(text.theBefore);
      values[text.next] = number(mark.at);
      values[text.rate] = number(mark.limit);
    }
    if (tokens !== undefined) {
      set.push(text.roll);
      values[text.whole] = figures(tokens.startMs, tokens.remaining, tokens.limit);
    }
  }
}

function addAmounts({ set, names, values }: PageUpdate, amounts: ShardAmounts, periods: readonly string[]): void {
  for (const [index, name] of periods.entries()) {
    const text = periodAtIndex(index);
    names[text.name] = shortPeriod(name);
    values[text.amount] = number(amounts.nanoUsd[name] ?? 0n);
    set.push(text.giveAmount);
  }
  if (amounts.slots === undefined) return;
  values[':sa'] = number(amounts.slots);
  set.push('slots.r = slots.r + :sa');
}

function newShard(spec: PageSpec, parcel: Parcel, { marks, tokens: windows }: EmptyRates): Item {
  const periods: Item = {};
  for (const { name, startMs, limitNanoUsd } of spec.periods) {
    periods[shortPeriod(name)] = figures(startMs, parcel.nanoUsd[name] ?? 0n, limitNanoUsd);
  }
  const tokens: Item = {};
  const item: Item = {
    pk: { S: spec.key },
    g: number(spec.generation),
    q: number(1),
    p: { M: periods },
    tk: { M: tokens },
    o: { M: {} },
    k: { M: {} },
  };
  for (const window of WINDOW_NAMES) {
    const mark = marks[window];
    const found = windows[window];
    if (mark !== undefined) putMark(item, window, mark);
    if (found !== undefined) tokens[WINDOWS[window]] = figures(found.startMs, found.remaining, found.limit);
  }
  if (spec.slots !== undefined || parcel.slots !== undefined) {
    item['slots'] = { M: { r: number(parcel.slots ?? 0), l: number(spec.slots ?? 0) } };
  }
  return item;
}
