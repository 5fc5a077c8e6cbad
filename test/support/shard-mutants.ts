// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of sources
import type { Mutant } from './mutants';

const SHARDS = 'lambda/aws/dynamodb/page-shards.ts';
const PAGES = 'lambda/money/pages';

/** Mistakes in what moves between a page and its shards. Each must be noticed. */
export const SHARD_MUTANTS: readonly Mutant[] = [
  {
    name: 'adding a parcel without its number',
    file: SHARDS,
    find: "set.push('q = :n');\n      conditions.push('q = :q');",
    replace: "set.push('q = :n');\n      conditions.push('q <= :n');",
  },
  {
    name: 'sending a parcel over another',
    file: SHARDS,
    find: 'conditions.push(`sh.#i${index}.n = :n${index}`, `attribute_not_exists(sh.#i${index}.a)`);',
    replace: 'conditions.push(`sh.#i${index}.n >= :n${index}`);',
  },
  {
    name: 'making a shard that is there',
    file: 'lambda/aws/dynamodb/pages.ts',
    find: '(item, timeoutMs) => create(connector, table, item, { timeoutMs })',
    replace: '(item, timeoutMs) => connector.putItem({ TableName: table, Item: item }, { timeoutMs }).then(() => ({ done: item }))',
  },
  {
    name: 'clearing a parcel before it arrived',
    file: `${PAGES}/transfers.ts`,
    find: 'if (parcel !== undefined && parcels === number - 1) {',
    replace: 'if (parcel !== undefined && parcels === number - 2) {',
  },
  {
    name: 'lending whatever the page’s period',
    file: SHARDS,
    find: 'conditions.push(text.isStart);\n        if (amount',
    replace: "conditions.push(text.isStart.replace('= :', '>= :'));\n        if (amount",
  },
  {
    name: 'packing over what is on its way home',
    file: SHARDS,
    find: "conditions.push('attribute_not_exists(bk)', `",
    replace: 'conditions.push(`',
  },
  {
    name: 'receiving without the number',
    file: SHARDS,
    find: "change.conditions.push('sh.#i.n = :q', 'attribute_not_exists(sh.#i.a)');",
    replace: "change.conditions.push('sh.#i.n >= :q', 'attribute_not_exists(sh.#i.a)');",
  },
  {
    name: 'receiving what a passed period had',
    file: SHARDS,
    find: 'change.conditions.push(text.isStart);',
    replace: "change.conditions.push(text.isStart.replace('= :', '>= :'));",
  },
  {
    name: 'clearing any back',
    file: SHARDS,
    find: "const conditions = ['q = :q', 'attribute_exists(bk)'];",
    replace: "const conditions = ['q >= :q', 'attribute_exists(bk)'];",
  },
  {
    name: 'clearing a back before it was received',
    file: `${PAGES}/transfers.ts`,
    find: 'if (shard?.back !== undefined && receivedBy(loan) > parcels)',
    replace: 'if (shard?.back !== undefined)',
  },
  {
    name: 'taking a parcel for a receipt',
    file: `${PAGES}/shard-plan.ts`,
    find: 'return number - (parcel === undefined ? 0 : 1);',
    replace: 'return number + (parcel === undefined ? 0 : 0);',
  },
  {
    name: 'shards that serve every generation and period',
    file: `${PAGES}/names.ts`,
    find: 'return `${generation}.${latestMs / 1_000}.${index}`;',
    replace: 'return `${generation * 0}.${latestMs * 0}.${index}`;',
  },
  {
    name: 'a request that moves its shard',
    file: `${PAGES}/take.ts`,
    find: "if (spec.key !== spec.root && !isShardOf(spec, page)) return { kind: 'lacks', lacks: [{ kind: 'shard' }] };",
    replace: '',
  },
  {
    name: 'refusing although other shards have enough',
    file: `${PAGES}/shards.ts`,
    find: 'if (best !== undefined) return { again: best };',
    replace: 'if (page.shards > 0) return { whole: wholeOf(now, shards) };',
  },
  {
    name: 'refusing without bringing anything home',
    file: `${PAGES}/shards.ts`,
    find: 'await gather(root, now);\n      return { again: root };',
    replace: 'return { whole };',
  },
  {
    name: 'lending slots that nobody gives up',
    file: SHARDS,
    find: "set.push('slots.r = slots.r - :sa');",
    replace: '',
  },
  {
    name: 'leaving a shard’s slots there',
    file: SHARDS,
    find: "set.push('bs = slots.r', 'slots.r = :none');",
    replace: "set.push('slots.r = :none');",
  },
];
