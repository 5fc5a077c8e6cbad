import { allowedTagsOf, countingTags, mayTag } from '../../../lambda/identity/tags';

test('R04 the team’s own list holds, an empty one too; else the gateway’s; else none', () => {
  const gateway = { allowedTags: ['env=*'] };

  expect(allowedTagsOf(gateway, { allowedTags: ['x=1'] })).toEqual(['x=1']);
  expect(allowedTagsOf(gateway, { allowedTags: [] })).toEqual([]);
  expect(allowedTagsOf(gateway, {})).toEqual(['env=*']);
  expect(allowedTagsOf(gateway, undefined)).toEqual(['env=*']);
  expect(allowedTagsOf({}, {})).toEqual([]);
  expect(allowedTagsOf(undefined, undefined)).toEqual([]);
});

test.each([
  [['env=*'], 'env', 'prod', true],
  [['env=*'], 'env', '', true],
  [['env=*'], 'environment', 'prod', false],
  [['environment=*'], 'env', 'ironment', false],
  [['env=prod'], 'env', 'production', false],
  [['env=prod'], 'env', 'prod', true],
  [['env=a=b*'], 'env', 'a=b=c', true],
  [['env=a=b*'], 'env=a', 'b', false],
  [['x=1', 'env=d*v'], 'env', 'dev', true],
  [['x=1', 'env=d*v'], 'env', 'devil', false],
  [['Env=*'], 'env', 'x', false],
  [[], 'env', 'x', false],
])('R04 with %j a team may set %s=%s: %s', (allowed, name, value, expected) => {
  expect(mayTag(allowed, name, value)).toBe(expected);
});

test('R04 tags of an admin count always, those of the team’s own making while they are allowed', () => {
  const tags = { env: 'prod', center: 'beta', note: 'x' };

  expect(countingTags({ tags }, [])).toEqual(tags);
  expect(countingTags({ tags, teamTags: ['env', 'note'] }, ['env=*'])).toEqual({ env: 'prod', center: 'beta' });
  expect(countingTags({ tags, teamTags: ['env', 'note'] }, ['env=dev', 'center=*'])).toEqual({ center: 'beta' });
  expect(countingTags({ tags, teamTags: ['center'] }, ['center=*'])).toEqual(tags);
  expect(countingTags({}, [])).toEqual({});
});
