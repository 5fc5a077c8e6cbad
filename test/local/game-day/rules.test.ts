import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { DisturbableCall, Disturbance } from '../../../local/aws/disturbance';
import { parseDisturbanceRules } from '../../../local/game-day/disturbance-rules';
import { createDisturber } from '../../../local/game-day/disturber';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/LlmGateway-Counters';
const update: DisturbableCall = {
  service: 'dynamodb',
  action: 'UpdateItem',
  principal: 'GatewayProxyFunction52C814C4',
  accesses: [{ action: 'dynamodb:UpdateItem', resource: TABLE }],
};
const transaction: DisturbableCall = {
  ...update,
  action: 'TransactWriteItems',
  principal: 'GatewayAdminFunction54BD775D',
  accesses: ['PutItem', 'ConditionCheckItem'].map((action) => ({ action: `dynamodb:${action}`, resource: TABLE })),
};
const query: DisturbableCall = { ...update, action: 'Query', accesses: [{ action: 'dynamodb:Query', resource: `${TABLE}/index/open` }] };
const secret: DisturbableCall = {
  service: 'secretsmanager',
  action: 'GetSecretValue',
  principal: 'GatewayUsageFunction37EB9FA8',
  accesses: [{ action: 'secretsmanager:GetSecretValue', resource: 'arn:aws:secretsmanager:us-east-1:0:secret:llm-gateway/openai-abcdef' }],
};
const settlement: DisturbableCall = {
  service: 'sqs',
  action: 'SendMessage',
  principal: 'GatewayLedgerSweeperFunction3F2E55BD',
  accesses: [{ action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-east-1:000000000000:Settlements' }],
};
const CALLS = { update, transaction, query, secret, settlement };

function disturber(rules: object[], nowMs: () => number = () => 0, seed = 1) {
  return createDisturber(parseDisturbanceRules(JSON.stringify({ seed, rules }), 'game.json'), nowMs);
}

test.each<[string, object, (keyof typeof CALLS)[]]>([
  ['nothing named', {}, ['update', 'transaction', 'query', 'secret', 'settlement']],
  ['a function by its kind', { function: 'proxy' }, ['update', 'query']],
  ['a function by its logical id', { function: 'GatewayAdminFunction*' }, ['transaction']],
  ['a service', { service: 'dynamodb' }, ['update', 'transaction', 'query']],
  ['an action of the API', { action: 'TransactWriteItems' }, ['transaction']],
  ['an action that a transaction needs', { action: 'PutItem' }, ['transaction']],
  ['actions by a glob', { action: '*Item*' }, ['update', 'transaction']],
  ['a table, its indexes too', { resource: '*counters' }, ['update', 'transaction', 'query']],
  ['a secret without its random end', { resource: 'llm-gateway/openai' }, ['secret']],
  ['a queue', { resource: 'Settlements' }, ['settlement']],
  ['several at once', { function: 'proxy', service: 'dynamodb', action: 'Query', resource: '*Counters' }, ['query']],
  ['several that no call has together', { function: 'admin', action: 'Query' }, []],
])('R16 a rule finds its calls: %s', (_, rule, found) => {
  const disturb = disturber([{ effect: 'dead', ...rule }]);

  expect(Object.entries(CALLS).flatMap(([name, call]) => (disturb(call) === undefined ? [] : [name]))).toEqual(found);
});

test.each<[object, Disturbance]>([
  [{ effect: 'slow', delay_ms: 250 }, { delayMs: 250 }],
  [{ effect: 'lost-before' }, { lost: 'before' }],
  [
    { effect: 'lost-after', manner: 'hang' },
    { lost: 'after', manner: 'hang' },
  ],
  [
    { effect: 'lost-after', delay_ms: 5 },
    { lost: 'after', delayMs: 5 },
  ],
  [
    { effect: 'dead', manner: 'cut' },
    { lost: 'before', manner: 'cut' },
  ],
])('R16 %j', (rule, disturbance) => {
  expect(disturber([rule])(update)).toEqual(disturbance);
});

test('R16 a throttled call is refused with the error of its own service', () => {
  const disturb = disturber([{ effect: 'throttled' }]);

  expect(disturb(update)?.error).toMatchObject({ code: 'ProvisionedThroughputExceededException', status: 400 });
  expect(disturb(secret)?.error).toMatchObject({ code: 'ThrottlingException', status: 400 });
  expect(disturb(settlement)?.error).toMatchObject({ code: 'RequestThrottled', status: 403 });
});

const hits = (rule: object, calls: number, seed = 1): number[] => {
  const disturb = disturber([{ effect: 'dead', ...rule }], () => 0, seed);
  return Array.from({ length: calls }, (_, index) => index + 1).filter(() => disturb(update) !== undefined);
};

test('R16 a rule may mean the nth call, every nth, the first few, or some by chance', () => {
  expect(hits({ nth: 3 }, 7)).toEqual([3]);
  expect(hits({ every: 3 }, 7)).toEqual([3, 6]);
  expect(hits({ times: 2 }, 7)).toEqual([1, 2]);
  expect(hits({ every: 2, times: 2 }, 9)).toEqual([2, 4]);
  expect(hits({ probability: 0 }, 50)).toEqual([]);
  expect(hits({ probability: 1 }, 5)).toHaveLength(5);
  expect(hits({ probability: 0.5 }, 1_000).length).toBeGreaterThan(440);
  expect(hits({ probability: 0.5 }, 1_000).length).toBeLessThan(560);
  expect(hits({ probability: 0.5 }, 50, 7)).toEqual(hits({ probability: 0.5 }, 50, 7));
  expect(hits({ probability: 0.5 }, 50, 7)).not.toEqual(hits({ probability: 0.5 }, 50, 8));
});

test('R16 a rule holds from a moment on and for a while, and counts the calls of that time', () => {
  let nowMs = 1_000_000;
  const disturb = disturber([{ effect: 'dead', from_seconds: 2, for_seconds: 3, nth: 2 }], () => nowMs);
  const at = (seconds: number): boolean => {
    nowMs = 1_000_000 + seconds * 1_000;
    return disturb(update) !== undefined;
  };

  expect([0, 1.9, 2, 3, 4.9, 5, 100].map(at)).toEqual([false, false, false, true, false, false, false]);
});

test('R16 of several rules that apply the first one acts, and the others count all the same', () => {
  const disturb = disturber([
    { effect: 'slow', delay_ms: 1, nth: 1 },
    { effect: 'dead', nth: 2 },
  ]);

  expect([disturb(update), disturb(update), disturb(update)]).toEqual([{ delayMs: 1 }, { lost: 'before' }, undefined]);
});

test.each<[unknown, string]>([
  [[], 'it must hold an object'],
  [{}, 'rules must be a list'],
  [{ rules: {} }, 'rules must be a list'],
  [{ rules: [], speed: 1 }, '"speed" is not known; the fields are seed and rules'],
  [{ rules: [], seed: 1.5 }, 'seed must be a whole number from 0'],
  [{ rules: ['dead'] }, 'rules[0] must be an object'],
  [{ rules: [{ effect: 'dead' }, {}] }, 'rules[1].effect is missing; one of: slow, lost-before, lost-after, throttled, dead'],
  [{ rules: [{ effect: 'lost' }] }, 'rules[0].effect must be one of: slow,'],
  [{ rules: [{ effect: 'slow' }] }, 'rules[0].delay_ms is missing'],
  [{ rules: [{ effect: 'slow', delay_ms: '5' }] }, 'rules[0].delay_ms must be a number from 0'],
  [{ rules: [{ effect: 'slow', delay_ms: 5, manner: 'hang' }] }, 'rules[0].manner has no meaning for slow'],
  [{ rules: [{ effect: 'dead', manner: 'refuse' }] }, 'rules[0].manner must be one of: cut, hang'],
  [{ rules: [{ effect: 'dead', probability: 1.1 }] }, 'rules[0].probability must be a number from 0 to 1'],
  [{ rules: [{ effect: 'dead', nth: 0 }] }, 'rules[0].nth must be a whole number from 1'],
  [{ rules: [{ effect: 'dead', for_seconds: -1 }] }, 'rules[0].for_seconds must be a number from 0'],
  [{ rules: [{ effect: 'dead', function: '' }] }, 'rules[0].function must be a text'],
  [
    { rules: [{ effect: 'dead', service: 'ec2' }] },
    'rules[0].service fits no service of the local AWS; one of: dynamodb, secretsmanager, sqs,',
  ],
  [
    { rules: [{ effect: 'dead', action: 'Frobnicate' }] },
    'rules[0].action fits no action of the local AWS; one of: dynamodb (BatchGetItem,',
  ],
  [{ rules: [{ effect: 'dead', action: 'Frob*' }] }, 'rules[0].action fits no action'],
  [
    { rules: [{ effect: 'dead', service: 'sns', action: 'PutItem' }] },
    'rules[0].action fits no action of the local AWS; one of: sns (Publish)',
  ],
  [{ rules: [{ effect: 'dead', tabel: 'x' }] }, 'rules[0].tabel is not known; the fields are function, service,'],
  [{ rules: [{ effect: 'dead', constructor: 1 }] }, 'rules[0].constructor is not known'],
])('R16 a file that says what no rule can is refused by the name of the field: %j', (document, message) => {
  expect(() => parseDisturbanceRules(JSON.stringify(document), 'game.json')).toThrow(`--disturb game.json: ${message}`);
});

test('R16 the rules of the guide are rules', () => {
  const guide = readFileSync(join(__dirname, '../../../docs/game-days.md'), 'utf8');
  const examples = [...guide.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(
    (match) => parseDisturbanceRules(match[1] as string, 'guide').rules,
  );

  expect(examples.flat().map(({ effect }) => effect)).toEqual(['slow', 'lost-after', 'throttled', 'dead']);
});

test('R16 any JSON is read or refused with a word on why', () => {
  const rule = fc.dictionary(
    fc.constantFrom('effect', 'delay_ms', 'manner', 'nth', 'every', 'probability', 'times', 'from_seconds', 'for_seconds', 'action', 'x'),
    fc.oneof(fc.constantFrom('slow', 'dead', 'throttled', 'hang'), fc.integer(), fc.double(), fc.jsonValue()),
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ rules: fc.array(rule) })), (document) => {
      try {
        const disturb = createDisturber(parseDisturbanceRules(JSON.stringify(document), 'f'), () => 0);
        for (const call of Object.values(CALLS)) disturb(call);
      } catch (error) {
        expect((error as Error).message).toMatch(/^--disturb f: \S/);
      }
    }),
  );
  expect(() => parseDisturbanceRules('{', 'f')).toThrow('--disturb f: it is not JSON');
});
