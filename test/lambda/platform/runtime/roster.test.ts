import { Roster } from '../../../../lambda/platform/runtime';

test('whoever comes is there until it leaves, whatever others do meanwhile', () => {
  const roster = new Roster<{ name: string; seat?: number | undefined }>();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name })) as [{ name: string }, { name: string }, { name: string }];
  const names = () => [...roster].map(({ name }) => name).sort();

  for (const member of [a, b, c, a]) roster.add(member);
  expect([names(), roster.size]).toEqual([['a', 'b', 'c'], 3]);

  expect([roster.remove(a), roster.remove(a), roster.has(a), roster.has(b)]).toEqual([true, false, false, true]);
  expect(names()).toEqual(['b', 'c']);

  roster.add(a);
  for (const member of [c, b]) roster.remove(member);
  expect([names(), roster.size]).toEqual([['a'], 1]);
});
