/** What is searched, and the mistakes that each search must find. */
import { CALM, callModel } from './call/index.mjs';
import { CLAIM_MISTAKES, claimModel } from './claims.mjs';
import { LIMIT_MISTAKES, limitModel } from './limits.mjs';
import { PAGE_MISTAKES, pageModel } from './page.mjs';
import { RATE_MISTAKES, rateModel } from './rates.mjs';
import { SHARD_MISTAKES, shardModel } from './shards.mjs';
import { START_MISTAKES, startModel } from './starts.mjs';

const alone = { healers: 1, consumers: 1, refuses: true, revoked: true };
const sibling = {
  ...CALM,
  attempts: 2,
  pages: 3,
  limits: [[4], [0], [2]],
  listed: [
    [0, 1],
    [0, 2],
  ],
};
const slots = { healers: 1, consumers: 1, costs: [1], slots: 1, split: true };
const tokens = { healers: 1, consumers: 1, costs: [1], pages: 1, limits: [[2]], tokens: 2, lateClose: false };
/** A reserve of which nothing is heard is tried again. */
const tries = { ...CALM, pages: 1, limits: [[4]], tries: 2, late: true, early: true };
/** Two sends fit into what is set aside. */
const again = { ...CALM, pages: 1, limits: [[2]], costs: [0, 1], most: 1, second: true };
/** They do not: what is lost is decided, and the request is admitted anew. */
const anew = { ...CALM, attempts: 2, pages: 1, limits: [[4]], listed: [[0], [0]], costs: [0, 2], second: true, lost: false, consumers: 0 };

/** A minute. */
export const SEARCHES = [
  ['a call on two pages, a healer, a consumer', callModel, { healers: 1, consumers: 1, deliveries: 1 }],
  ['a call that pages and rows may refuse', callModel, alone],
  ['a call on one page, late and lost answers', callModel, { pages: 1, limits: [[2]], healers: 1, refuses: true, revoked: true }],
  [
    'two calls, one slot, C in two writes',
    callModel,
    { ...CALM, attempts: 2, pages: 1, limits: [[4]], slots: 1, split: true, lost: false },
  ],
  ['a call refused by a shard, a new attempt on another', callModel, { ...sibling, consumers: 0 }],
  ['tokens of a window that ends', callModel, tokens],
  ['a reserve that is tried again', callModel, tries],
  ['a second send', callModel, again],
  ['sends that are decided one by one', callModel, anew],
  ['a page, a period that ends, three budgets', pageModel, {}],
  ['a page that is not there', pageModel, { absent: true }],
  ['a page that is deleted', pageModel, { rows: [[2]], deletes: true }],
  [
    'a page with two periods',
    pageModel,
    {
      attempts: 2,
      rows: [
        [2, 3],
        [1, 1],
      ],
    },
  ],
  ['a page with two periods, one budget', pageModel, { rows: [[2, 1]] }],
  ['a shard', shardModel, { parcels: [1] }],
  ['a shard below zero', shardModel, { limits: [2], parcels: [1], costs: [0, 2], mostOpen: 3 }],
  ['old and new shards', shardModel, { of: [0, 1], limits: [3, 1], parcels: [1], movers: 1 }],
  ['old shards that are retired', shardModel, { of: [0], limits: [3, 2], parcels: [1], mostReserves: 2, retires: true }],
  [
    'a first budget of a page with shards',
    shardModel,
    { limits: [0, 2], parcels: [1], costs: [1], movers: 1, mostReserves: 4, unbudgeted: true },
  ],
  ['a month that ends inside shards', startModel, { limits: [2], mostReserves: 4 }],
  ['two periods that end inside shards', startModel, {}],
  ['a caller’s key whose holder dies', claimModel, {}],
  ['a rate that moves', rateModel, { shares: 2 }],
  ['a limit that is lowered and raised', limitModel, { limits: [4, 2, 4] }],
  ['a limit that is raised and lowered', limitModel, { limits: [1, 4, 2, 4] }],
];

/** Hours, on a machine of its own; see `.ci/long`. */
export const LONG_SEARCHES = [
  ['a call on two pages, two healers, two consumers, every message twice', callModel, {}],
  ['a call that pages and rows may refuse, two healers', callModel, { consumers: 1, refuses: true, revoked: true }],
  ['a call on three pages', callModel, { pages: 3, limits: [[2], [2], [2]], healers: 1, consumers: 1, costs: [1] }],
  ['a call on one page, two healers, two consumers', callModel, { pages: 1, limits: [[2]], refuses: true, revoked: true }],
  ['two calls on two pages, money for one', callModel, { ...CALM, attempts: 2 }],
  [
    'two calls on one page, money for one, late writes',
    callModel,
    { ...CALM, attempts: 2, pages: 1, limits: [[2]], late: true, costs: [1, 2], abandons: true, undue: true },
  ],
  [
    'two calls on two pages, a budget raised on the way',
    callModel,
    { ...CALM, attempts: 2, limits: [[2, 4], [4]], budget: true, rows: true, lost: false, consumers: 0 },
  ],
  [
    'two calls, money for one, a budget lowered on the way',
    callModel,
    { ...CALM, attempts: 2, pages: 1, limits: [[4, 2]], budget: true, revoked: true, rows: true, lost: false, abandons: true },
  ],
  ['three calls, money for two', callModel, { ...CALM, attempts: 3, pages: 1, limits: [[4]], lost: false, consumers: 0 }],
  [
    'a call on two pages with a slot each, C in two writes, R again after a heal',
    callModel,
    { ...slots, costs: [1, 2], again: true, voidLost: true },
  ],
  [
    'two calls, one slot, C in two writes, lost answers',
    callModel,
    { ...CALM, attempts: 2, pages: 1, limits: [[4]], slots: 1, split: true, costs: [1, 2] },
  ],
  ['a call refused by a shard, lost and late answers', callModel, { ...sibling, late: true, consumers: 0 }],
  ['tokens of a window that ends, two pages', callModel, { ...tokens, pages: 2, limits: [[2], [2]], costs: [1, 2] }],
  [
    'a reserve that is tried again on two pages, late closes',
    callModel,
    { ...tries, pages: 2, limits: [[4], [4]], lateClose: true, abandons: true, deliveries: 1 },
  ],
  ['a second send, lost and late answers', callModel, { ...again, late: true, pages: 2, limits: [[2], [2]] }],
  ['sends that are decided one by one, lost and late writes', callModel, { ...anew, lost: true, late: true, consumers: 1 }],
  ['a page, four calls', pageModel, { rows: [[2]], attempts: 4 }],
  [
    'a page with two periods, three calls',
    pageModel,
    {
      rows: [
        [2, 3],
        [1, 1],
      ],
    },
  ],
  ['a shard, parcels of two', shardModel, {}],
  ['old and new shards, two movers', shardModel, { of: [0, 1], limits: [3, 1], parcels: [1] }],
  ['a rate that moves, four a window', rateModel, { shares: 4 }],
];

const small = [alone, { consumers: 1, refuses: true, undue: false }, { healers: 1 }];

/** `[mistakes, model, options to look with, one after the other]`. */
export const MISTAKES = [
  [
    [
      'a complete attempt is released without a void',
      'a doubt is released without a void',
      'frees before the void is heard',
      'a doubtful attempt is not queued',
      'says nothing to expired_charged',
      'sends by the plan',
      'sends with an answer missing',
      'sends late',
      'sends past x',
      'heals before s + 60 s',
      'waits for x before it frees',
      'charges at s + 60 s',
      'frees without a void',
      'frees after a second look at the record',
      'closes although its void failed',
      'returns the money of a dead call',
      'reads pages by eventual consistency',
      'puts without a condition',
      'void overwrites',
      'closes without an entry',
      'closes by its own cost',
      'keeps without a condition',
      'K before X',
      'drops a token without the record',
      'forgets before the queue does',
      'a redrive after 15 days',
      'the queue loses messages',
      'deletes the message first',
      'takes its own entry for a refusal',
      'one try leaves twice',
      'reserve does not set due',
      'U looks into o only',
    ],
    callModel,
    small,
  ],
  [['a kept token gives its slot back again', 'closes k, then o', 'E looks into o only'], callModel, [slots]],
  [
    ['takes due without a condition'],
    callModel,
    [{ ...CALM, attempts: 2, pages: 1, limits: [[4]], lost: false, consumers: 0, undue: true }],
  ],
  [
    ['an old plan moves a page back', 'moves a budget by the last difference'],
    callModel,
    [{ attempts: 2, pages: 1, limits: [[4, 2, 3]], budget: true, healers: 0, consumers: 0, late: false, lateClose: false, costs: [1, 2] }],
  ],
  [['another shard under the same id'], callModel, [sibling]],
  [['tokens are given back with the slot', 'tokens go back into another window'], callModel, [tokens]],
  [
    [
      'closes whichever try is there',
      'closes another try at the cost of its record',
      'a refusal is the last word although a try is on its way',
      'one try leaves twice',
    ],
    callModel,
    [tries, { ...tries, refuses: true, lateClose: true }],
  ],
  [
    [
      'sends again though the first was billed',
      'charges a lost send nothing',
      'sends again past x',
      'takes the first send back to begin anew',
    ],
    callModel,
    [again, anew],
  ],
  [PAGE_MISTAKES.anywhere, pageModel, [{}, { absent: true }]],
  [PAGE_MISTAKES.deleted, pageModel, [{ rows: [[2]], deletes: true }]],
  [
    PAGE_MISTAKES.twoPeriods,
    pageModel,
    [
      {
        attempts: 2,
        rows: [
          [2, 3],
          [1, 1],
        ],
      },
    ],
  ],
  [SHARD_MISTAKES.generations, shardModel, [{ of: [0, 1], limits: [3, 1], parcels: [1], movers: 1 }]],
  [SHARD_MISTAKES.anywhere, shardModel, [{ limits: [3, 1], parcels: [1], mostReserves: 2 }, {}]],
  [SHARD_MISTAKES.retiring, shardModel, [{ of: [0], limits: [3, 2], parcels: [1], mostReserves: 2, retires: true }]],
  [SHARD_MISTAKES.unbudgeted, shardModel, [{ limits: [0, 2], parcels: [1], costs: [1], movers: 1, mostReserves: 4, unbudgeted: true }]],
  [SHARD_MISTAKES.belowZero, shardModel, [{ limits: [2], parcels: [1], costs: [0, 2], mostOpen: 3 }]],
  [START_MISTAKES.onePeriod, startModel, [{ limits: [2], mostReserves: 4 }]],
  [START_MISTAKES.twoPeriods, startModel, [{}]],
  [CLAIM_MISTAKES, claimModel, [{}]],
  [RATE_MISTAKES, rateModel, [{ shares: 4 }]],
  [LIMIT_MISTAKES, limitModel, [{ limits: [4, 2, 4] }, { limits: [1, 4, 2, 4] }]],
];
