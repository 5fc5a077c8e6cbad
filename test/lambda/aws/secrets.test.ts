import { createSecrets } from '../../../lambda/aws/secrets';

function world() {
  let nowMs = 0;
  const state = { value: 'one', fail: undefined as string | undefined, calls: 0 };
  const secrets = createSecrets(
    async () => {
      state.calls += 1;
      if (state.fail !== undefined) throw Object.assign(new Error('no'), { name: state.fail });
      return state.value;
    },
    { now: () => nowMs, monotonic: () => nowMs },
    () => 0.5,
  );
  const wait = (milliseconds: number): void => {
    nowMs += milliseconds;
  };
  return { secrets, state, wait };
}

test('many readers share one call, and the value is kept for less than 5 minutes', async () => {
  const { secrets, state, wait } = world();

  expect(await Promise.all([secrets.read('a'), secrets.read('a'), secrets.read('a')])).toEqual(['one', 'one', 'one']);
  expect(state.calls).toBe(1);
  state.value = 'two';
  wait(269_000);
  expect(await secrets.read('a')).toBe('one');
  wait(2_000);
  expect(await secrets.read('a')).toBe('two');
});

test('I05 when the service fails the last value stays good and the service is left alone for a while', async () => {
  const { secrets, state, wait } = world();
  await secrets.read('a');
  state.fail = 'ThrottlingException';
  wait(300_000);

  expect(await secrets.read('a')).toBe('one');
  expect(await secrets.read('a')).toBe('one');
  expect(state.calls).toBe(2);
  wait(11_000);
  await secrets.read('a');
  expect(state.calls).toBe(3);
});

test('I06 a refresh reads anew, but not twice within 10 seconds', async () => {
  const { secrets, state, wait } = world();
  await secrets.read('a');
  wait(20_000);
  state.value = 'two';

  expect(await secrets.refresh('a')).toBe('two');
  expect(await secrets.refresh('a')).toBe('two');
  expect(state.calls).toBe(2);
});

test.each([
  ['ThrottlingException', 'secret_unavailable'],
  ['TimeoutError', 'secret_unavailable'],
  ['AccessDeniedException', 'misconfigured'],
  ['ResourceNotFoundException', 'misconfigured'],
])('without any value %s is %s', async (name, code) => {
  const { secrets, state } = world();
  state.fail = name;

  await expect(secrets.read('a')).rejects.toMatchObject({ status: 503, code });
});
