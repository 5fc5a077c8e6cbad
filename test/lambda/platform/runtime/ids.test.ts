import { attemptId } from '../../../../lambda/platform/runtime';

test('ids of attempts are 22 letters and digits, none twice, in the order of time', () => {
  const ids = Array.from({ length: 5_000 }, (_unused, index) => attemptId(1_795_521_600_000 + index));

  for (const id of ids) expect(id).toMatch(/^[0-9A-Za-z]{22}$/);
  expect(new Set(ids.map((id) => id.slice(8))).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});
