import { Cancellation } from '../../../../lambda/platform/runtime';

function listener() {
  let told = 0;
  const cancelled = (): void => {
    told += 1;
  };
  return { cancelled, told: () => told };
}

test('whoever listens is told once, whoever has left is not', () => {
  const cancellation = new Cancellation();
  const [first, left, last] = [listener(), listener(), listener()];
  for (const one of [first, left, last]) cancellation.join(one);
  cancellation.leave(left);
  expect(cancellation.isCancelled).toBe(false);

  cancellation.cancel();
  cancellation.cancel();

  expect(cancellation.isCancelled).toBe(true);
  expect([first.told(), left.told(), last.told()]).toEqual([1, 0, 1]);
});

test('a listener may leave while others are told, and joins too late afterwards', () => {
  const cancellation = new Cancellation();
  const late = listener();
  const leaving = { cancelled: () => cancellation.leave(leaving) };
  const last = listener();
  cancellation.join(leaving);
  cancellation.join(last);

  cancellation.cancel();
  cancellation.join(late);
  cancellation.cancel();

  expect([last.told(), late.told()]).toEqual([1, 0]);
});
