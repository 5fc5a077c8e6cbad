import type { HealthChange, HealthFeed, HealthStore, SharedHealth, SharedPlace, SharedRest, SharedSent, SharedSpeed } from '../../routing';
import { isRefusalCode } from '../../wire/protocols';
import type { Item } from './attributes';
import type { Rider } from './batch-get';
import { conditional } from './conditional';
import type { DynamoDbConnector } from './dynamodb';

/** One item for all places: it is read by every process that has calls, once a second. */
const KEY = 'health';
const MINUTE_MS = 60_000;
const TELL_TIMEOUT_MS = 2_000;
/** What nobody has told again for so long goes. */
const OLDEST_MS = 900_000;
const MOST_REMOVED = 50;
/** Beyond, nothing new is told: what callers invent must not fill the item. */
const MOST_ATTRIBUTES = 1_500;
/** How far another process's clock may be ahead. */
const SKEW_MS = 10_000;

/** Attributes are named by what they tell and of which place: `r3#openai/gpt@`. */
const ANSWERED = 'a';
const PROBED = 'p';
const SPEED = 's';
const REST = /^r\d$/;
/** Of a minute: `q29734010r#openai/gpt@` requests, `...t#...` tokens. */
const SENT = /^q(\d{1,10})([rt])$/;
/** A minute that is over is of no use. */
const SENT_OLDEST_MS = 2 * MINUTE_MS;

/** What processes tell each other of providers, in the counters table; it is lost without harm. */
export interface SharedHealthStore extends HealthStore {
  /** Reads it along with other items. */
  riding(feed: HealthFeed): Rider;
}

/**
 * @param table name of the counters table
 */
export function createHealthStore(connector: DynamoDbConnector, table: string): SharedHealthStore {
  let old: readonly string[] = [];
  let known: ReadonlySet<string> = new Set();

  return {
    riding: (feed) => ({
      table,
      key: KEY,
      due: () => feed.due(),
      took(item) {
        const read = readHealth(item ?? {});
        old = read.attributes
          .flatMap(([name, at]) => (at < read.latest - (name.startsWith('q') ? SENT_OLDEST_MS : OLDEST_MS) ? [name] : []))
          .slice(0, MOST_REMOVED);
        known = new Set(read.attributes.map(([name]) => name));
        feed.hear(read.health);
      },
    }),

    async tell(changes) {
      const isKnown = ([name]: readonly [string, ...unknown[]]): boolean => known.size < MOST_ATTRIBUTES || known.has(name);
      const told = changes.flatMap((change) => (change.kind === 'sent' ? [] : [attributeOf(change)])).filter(isKnown);
      const added = changes.flatMap((change) => (change.kind === 'sent' ? sentOf(change) : [])).filter(isKnown);
      if (told.length + added.length === 0) return;
      const named = new Set([...told, ...added].map(([name]) => name));
      const gone = old.filter((name) => !named.has(name));
      old = [];
      await connector.updateItem(
        {
          TableName: table,
          Key: { pk: { S: KEY } },
          UpdateExpression: [
            ...(told.length === 0 ? [] : [`SET ${told.map((_one, index) => `#t${index} = :t${index}`).join(', ')}`]),
            ...(added.length === 0 ? [] : [`ADD ${added.map((_one, index) => `#a${index} :a${index}`).join(', ')}`]),
            ...(gone.length === 0 ? [] : [`REMOVE ${gone.map((_one, index) => `#g${index}`).join(', ')}`]),
          ].join(' '),
          ExpressionAttributeNames: Object.fromEntries([
            ...told.map(([name], index) => [`#t${index}`, name]),
            ...added.map(([name], index) => [`#a${index}`, name]),
            ...gone.map((name, index) => [`#g${index}`, name]),
          ]),
          ExpressionAttributeValues: {
            ...Object.fromEntries(told.map(([, value], index) => [`:t${index}`, { S: value }])),
            ...Object.fromEntries(added.map(([, value], index) => [`:a${index}`, { N: String(value) }])),
          },
        },
        { timeoutMs: TELL_TIMEOUT_MS },
      );
    },

    async claim(place, now, notSince, timeoutMs) {
      const result = await conditional(() =>
        connector.updateItem(
          {
            TableName: table,
            Key: { pk: { S: KEY } },
            UpdateExpression: 'SET #probed = :now',
            // A moment that no honest clock can have written binds nobody.
            ConditionExpression: 'attribute_not_exists(#probed) OR #probed <= :since OR #probed > :ahead',
            ExpressionAttributeNames: { '#probed': `${PROBED}#${place}` },
            ExpressionAttributeValues: {
              ':now': { N: String(now) },
              ':since': { N: String(notSince) },
              ':ahead': { N: String(now + SKEW_MS) },
            },
          },
          { timeoutMs },
        ),
      );
      return result === 'done';
    },
  };
}

/** Tokens may be no whole number: an estimate. */
function sentOf({
  place,
  sent: { minute, requests, tokens },
}: Extract<HealthChange, { kind: 'sent' }>): readonly (readonly [string, number])[] {
  return [
    [`q${minute}r#${place}`, requests],
    [`q${minute}t#${place}`, Math.ceil(tokens)],
  ];
}

function attributeOf(change: Exclude<HealthChange, { kind: 'sent' }>): readonly [name: string, value: string] {
  switch (change.kind) {
    case 'rest': {
      const { at, until, limited, code = '' } = change.rest;
      return [`r${change.teller}#${change.place}`, [at, until, limited ? 1 : 0, code].join(',')];
    }
    case 'answered':
      return [`${ANSWERED}#${change.place}`, String(change.at)];
    case 'speed': {
      const { at, timeToFirstTokenMs, tokensPerSecond } = change.speed;
      return [`${SPEED}#${change.place}`, [at, timeToFirstTokenMs, tokensPerSecond?.toFixed(1) ?? ''].join(',')];
    }
  }
}

interface Read {
  readonly health: SharedHealth;
  /** Each with the moment it tells of. */
  readonly attributes: readonly (readonly [name: string, at: number])[];
  readonly latest: number;
}

/** What is not understood is left out: a newer version may have told it. */
function readHealth(item: Item): Read {
  const places = new Map<string, { rests: SharedRest[]; answeredAt: number; probedAt: number; speed?: SharedSpeed; sent?: SharedSent }>();
  const attributes: [string, number][] = [];
  let latest = 0;
  for (const [name, { S: text, N: number }] of Object.entries(item)) {
    const split = name.indexOf('#');
    if (split < 0) continue;
    const [kind, place] = [name.slice(0, split), name.slice(split + 1)];
    const [first = '', second = '', third = '', fourth = ''] = (text ?? number ?? '').split(',');
    const sentIn = SENT.exec(kind);
    const at = sentIn === null ? Number(first) : Number(sentIn[1]) * MINUTE_MS;
    if (!Number.isFinite(at)) continue;
    attributes.push([name, at]);
    latest = Math.max(latest, at);
    let told = places.get(place);
    if (told === undefined) {
      told = { rests: [], answeredAt: 0, probedAt: 0 };
      places.set(place, told);
    }
    if (kind === ANSWERED) told.answeredAt = at;
    else if (kind === PROBED) told.probedAt = at;
    else if (kind === SPEED) told.speed = speedOf(at, second, third);
    else if (sentIn !== null) told.sent = withSent(told.sent, Number(sentIn[1]), sentIn[2] === 'r' ? 'requests' : 'tokens', Number(first));
    else if (REST.test(kind)) told.rests.push(restOf(at, second, third, fourth));
  }
  return { health: places as ReadonlyMap<string, SharedPlace>, attributes, latest };
}

/** Of the latest minute that is told of. */
function withSent(known: SharedSent | undefined, minute: number, name: 'requests' | 'tokens', value: number): SharedSent {
  if (known !== undefined && known.minute > minute) return known;
  const before = known?.minute === minute ? known : { minute, requests: 0, tokens: 0 };
  return Number.isFinite(value) ? { ...before, [name]: value } : before;
}

function restOf(at: number, until: string, limited: string, code: string): SharedRest {
  return { at, until: Number(until), limited: limited === '1', ...(isRefusalCode(code) ? { code } : {}) };
}

function speedOf(at: number, timeToFirstTokenMs: string, tokensPerSecond: string): SharedSpeed {
  return {
    at,
    timeToFirstTokenMs: Number(timeToFirstTokenMs),
    tokensPerSecond: tokensPerSecond === '' ? undefined : Number(tokensPerSecond),
  };
}
