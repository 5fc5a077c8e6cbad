import { runSimulation } from '@cloud-copilot/iam-simulate';
import fc from 'fast-check';
import { evaluate, type PolicyStatement, wildcard } from '../../../local/aws/iam';

const ACCOUNT = '123456789012';
const tableArn = (name: string, region = 'us-east-1') => `arn:aws:dynamodb:${region}:${ACCOUNT}:table/${name}`;

const allow = (more: Partial<PolicyStatement> = {}): PolicyStatement => ({
  Effect: 'Allow',
  Action: 'dynamodb:GetItem',
  Resource: tableArn('a'),
  ...more,
});

describe('evaluate', () => {
  test('what no statement allows is refused, and the deciding statement is named', () => {
    const statements = [allow(), allow({ Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem'], Resource: `${tableArn('a')}*` })];

    expect(evaluate(statements, 'dynamodb:GetItem', tableArn('a'))).toEqual({ allowed: true, statement: 0 });
    expect(evaluate(statements, 'dynamodb:putitem', tableArn('ab'))).toEqual({ allowed: true, statement: 1 });
    expect(evaluate(statements, 'dynamodb:DeleteItem', tableArn('a'))).toEqual({ allowed: false });
    expect(evaluate(statements, 'dynamodb:GetItem', tableArn('b'))).toEqual({ allowed: false });
    expect(evaluate(statements, 'dynamodb:GetItem', `${tableArn('a')}/index/by-kind`)).toEqual({ allowed: false });
  });

  test('a Deny goes before every Allow', () => {
    const statements = [allow({ Action: '*', Resource: '*' }), allow({ Effect: 'Deny', Action: 'dynamodb:Delete*', Resource: '*' })];

    expect(evaluate(statements, 'dynamodb:DeleteItem', tableArn('a'))).toEqual({ allowed: false, statement: 1 });
  });

  test('an operator that is not known never allows and always denies', () => {
    const Condition = { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } };

    expect(evaluate([allow({ Condition })], 'dynamodb:GetItem', tableArn('a')).allowed).toBe(false);
    expect(evaluate([allow(), allow({ Effect: 'Deny', Condition })], 'dynamodb:GetItem', tableArn('a')).allowed).toBe(false);
  });

  test('an unknown operator does not hide that another condition is not met', () => {
    const Condition = { DateGreaterThan: { 'aws:CurrentTime': '2020' }, StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } };
    const denial = allow({ Effect: 'Deny', Condition });

    expect(evaluate([allow(), denial], 'dynamodb:GetItem', tableArn('a'), { 'aws:RequestedRegion': ['us-east-1'] }).allowed).toBe(true);
  });

  test('a set condition is not met by a key that the request does not carry', () => {
    const Condition = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['a'] } };

    expect(evaluate([allow({ Condition })], 'dynamodb:GetItem', tableArn('a')).allowed).toBe(false);
    expect(evaluate([allow({ Condition })], 'dynamodb:GetItem', tableArn('a'), { 'dynamodb:leadingkeys': ['a', 'a'] }).allowed).toBe(true);
    expect(evaluate([allow({ Condition })], 'dynamodb:GetItem', tableArn('a'), { 'dynamodb:LeadingKeys': ['a', 'b'] }).allowed).toBe(false);
  });
});

test('wildcards agree with regular expressions', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 10 });

  fc.assert(
    fc.property(piece, text, (pattern, subject) => {
      const source = pattern.replace(/[.]/g, '\\.').replace(/\*/g, '.*').replace(/\?/g, '.');
      expect(wildcard(pattern, subject)).toBe(new RegExp(`^${source}$`, 's').test(subject));
    }),
    { numRuns: 500 },
  );
});

/** The operators and keys that both sides know; keys of one value and of several, present or absent. */
const operators = ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike'];
const values = fc.constantFrom('a', 'b', 'us-east-1', 'eu-west-1', 'us-*', '?', '*');
const condition = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc
    .tuple(fc.constantFrom(...operators), fc.boolean(), fc.uniqueArray(values, { minLength: 1, maxLength: 2 }))
    .map(([operator, optional, wanted]) => ({ [`${operator}${optional ? 'IfExists' : ''}`]: { 'aws:RequestedRegion': wanted } })),
  fc
    .tuple(
      fc.constantFrom('ForAllValues', 'ForAnyValue'),
      fc.constantFrom(...operators),
      fc.uniqueArray(values, { minLength: 1, maxLength: 2 }),
    )
    .map(([set, operator, wanted]) => ({ [`${set}:${operator}`]: { 'dynamodb:LeadingKeys': wanted } })),
  fc.constantFrom('true', 'false').map((wanted) => ({ Bool: { 'aws:SecureTransport': wanted } })),
);
const actions = fc.constantFrom(
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:*',
  'dynamodb:Get*',
  'dynamodb:?etItem',
  '*',
);
const resources = fc.constantFrom(
  '*',
  tableArn('a'),
  tableArn('a*'),
  tableArn('?'),
  `${tableArn('a')}/index/*`,
  tableArn('a', '*'),
  tableArn('a', 'us-*'),
  'arn:aws:dynamodb:*:*:table/*',
  'arn:aws:s3:::bucket/*',
);
const statement = fc
  .record({
    effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
    not: fc.constantFrom('none', 'none', 'none', 'action', 'resource'),
    actions: fc.uniqueArray(actions, { minLength: 1, maxLength: 2 }),
    resources: fc.uniqueArray(resources, { minLength: 1, maxLength: 2 }),
    condition,
  })
  .map(
    (parts): PolicyStatement => ({
      Effect: parts.effect,
      ...(parts.not === 'action' ? { NotAction: parts.actions } : { Action: parts.actions }),
      ...(parts.not === 'resource' ? { NotResource: parts.resources } : { Resource: parts.resources }),
      ...(parts.condition === undefined ? {} : { Condition: parts.condition as NonNullable<PolicyStatement['Condition']> }),
    }),
  );
const asked = fc.record({
  action: fc.constantFrom('dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'),
  resource: fc.constantFrom(tableArn('a'), tableArn('b'), tableArn('ab'), tableArn('a', 'eu-west-1')),
  region: fc.option(fc.constantFrom('us-east-1', 'eu-west-1'), { nil: undefined }),
  // Always there: for an absent key our matcher is stricter by design.
  leading: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 2 }),
  secure: fc.constantFrom('true', 'false'),
});

test('decides as an independent simulator of IAM does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(statement, { minLength: 1, maxLength: 3 }),
      asked,
      async (statements, { action, resource, region, leading, secure }) => {
        const context = {
          ...(region === undefined ? {} : { 'aws:RequestedRegion': [region] }),
          'dynamodb:LeadingKeys': leading,
          'aws:SecureTransport': [secure],
        };
        const simulated = await runSimulation(
          {
            request: {
              principal: `arn:aws:iam::${ACCOUNT}:role/proxy`,
              action,
              resource: { resource, accountId: ACCOUNT },
              contextVariables: {
                ...(region === undefined ? {} : { 'aws:RequestedRegion': region }),
                'dynamodb:LeadingKeys': leading,
                'aws:SecureTransport': secure,
              },
            },
            identityPolicies: [{ name: 'role', policy: { Version: '2012-10-17', Statement: statements } }],
            serviceControlPolicies: [],
            resourceControlPolicies: [],
          },
          {},
        );
        if (simulated.resultType === 'error') throw new Error(JSON.stringify(simulated.errors));

        expect(evaluate(statements, action, resource, context).allowed).toBe(simulated.overallResult === 'Allowed');
      },
    ),
    { numRuns: process.env.SOAK ? 20_000 : 400 },
  );
});
