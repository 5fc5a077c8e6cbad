import { createMemoryTable } from '../../bench/memory-table';
import { createPageStore } from '../../lambda/aws/dynamodb';
import { asks, page, reserveOn } from '../support/pages';

test("the bench's table takes one call after another on a page, each with one write once the page is there", async () => {
  const store = createPageStore(createMemoryTable(), 'counters');
  const spec = page({ requests: { minute: 100 } });

  const first = await reserveOn(store, spec, 'a', asks(1n));
  const second = await reserveOn(store, spec, 'b', asks(1n), first.kind === 'reserved' ? first.page : undefined);

  expect([first.kind, first.calls, second.kind, second.calls]).toEqual(['reserved', 2, 'reserved', 1]);
});
