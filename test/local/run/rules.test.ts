import { createEvents, type Events } from '../../../local/aws/events';
import { createQueues, type Queues } from '../../../local/aws/queues';
import { readRule } from '../../../local/event-sources/rule-definition';
import { type RulesOptions, scheduledEvent, startRules } from '../../../local/event-sources/rules';
import { localAccount } from '../../../local/template/account';
import type { JsonObject } from '../../../local/template/json';
import { readInvokePermissions } from '../../../local/template/policies';
import { StackModel } from '../../../local/template/stack-model';

const account = localAccount();
const place = { region: account.region, account: account.accountId };
const arn = (id: string): JsonObject => ({ 'Fn::GetAtt': [id, 'Arn'] });

const BUS = { Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'bus' } } };
const FAULTS = { source: ['gateway'], 'detail-type': ['fault', { prefix: 'very-bad' }] };

function rule(target: string, properties: JsonObject = {}): JsonObject {
  return {
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: { EventBusName: { Ref: 'Bus' }, EventPattern: FAULTS, Targets: [{ Id: 'a', Arn: arn(target) }], ...properties },
    },
  };
}

function queueWith(statement: JsonObject = {}): JsonObject {
  const allow = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: arn('Failed'),
    Condition: { ArnEquals: { 'aws:SourceArn': arn('Rule') } },
    ...statement,
  };
  const insecure = {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'sqs:*',
    Resource: arn('Failed'),
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  return {
    Failed: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'failed' } },
    Policy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: { PolicyDocument: { Statement: [insecure, allow] }, Queues: [{ Ref: 'Failed' }] },
    },
  };
}

const FUNCTION = {
  Function: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'f' } },
  Permission: {
    Type: 'AWS::Lambda::Permission',
    Properties: { FunctionName: arn('Function'), Principal: 'events.amazonaws.com', SourceArn: arn('Rule') },
  },
};

let events: Events;
let queues: Queues;
let notes: string[];
let calls: unknown[];

function start(resources: JsonObject): () => void {
  const model = new StackModel('app', { Resources: { ...BUS, ...resources } }, { account, endpoint: '' });
  events = createEvents(place);
  queues = createQueues(place);
  queues.create({ name: 'failed' });
  notes = [];
  calls = [];
  const functions = new Map(
    model.ofType('AWS::Lambda::Function').map(({ physical }) => [
      physical?.attributes.Arn ?? '',
      {
        definition: { name: physical?.ref, arn: physical?.attributes.Arn },
        invokeBuffered: async (event: Uint8Array) => calls.push(JSON.parse(Buffer.from(event).toString('utf8'))),
      },
    ]),
  ) as unknown as RulesOptions['functions'];
  const permissions = readInvokePermissions(model);
  return startRules({
    model,
    standIns: { events, queues } as never,
    functions,
    permissions,
    account,
    notes: { once: (line) => notes.push(line) },
  });
}

async function put(detailType: string, source = 'gateway', bus = 'bus'): Promise<void> {
  const entry = { EventBusName: bus, Source: source, DetailType: detailType, Detail: '{"id":"1"}' };
  const body = Buffer.from(JSON.stringify({ Entries: [entry] }));
  await events.service.understand({ headers: { 'x-amz-target': 'AWSEvents.PutEvents' }, body } as never).run();
}

async function sent(): Promise<unknown[]> {
  return (await queues.receive('failed', { most: 10 })).map(({ body }) => JSON.parse(body));
}

test('a rule sends the events of its bus that match its pattern to a queue', async () => {
  const stop = start({ ...rule('Failed'), ...queueWith() });

  await put('fault');
  await put('very-bad-indeed');
  await put('key-created');
  await put('fault', 'somebody');
  await put('fault', 'gateway', 'default');
  stop();
  await put('fault');

  const event = { version: '0', 'detail-type': 'fault', source: 'gateway', detail: { id: '1' }, account: account.accountId };
  expect(await sent()).toEqual([expect.objectContaining(event), expect.objectContaining({ ...event, 'detail-type': 'very-bad-indeed' })]);
  expect(notes).toEqual([]);
});

test('a rule calls a function, with its own input where it has one', async () => {
  start({
    ...rule('Function', {
      Targets: [
        { Id: 'a', Arn: arn('Function') },
        { Id: 'b', Arn: arn('Function'), Input: '"own"' },
      ],
    }),
    ...FUNCTION,
  });

  await put('fault');

  expect(calls).toEqual([expect.objectContaining({ 'detail-type': 'fault' }), 'own']);
});

test.each<[string, JsonObject, string]>([
  ['its queue does not allow', { ...rule('Failed'), ...queueWith({ Principal: { Service: 'sns.amazonaws.com' } }) }, 'QueuePolicy'],
  [
    'its queue allows to another rule',
    { ...rule('Failed'), ...queueWith({ Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:us-east-1:000000000000:rule/x' } } }) },
    'QueuePolicy',
  ],
  ['it may not call the function', { ...rule('Function'), Function: FUNCTION.Function }, 'AWS::Lambda::Permission'],
  [
    'its pattern is beyond the local run',
    { ...rule('Failed', { EventPattern: { source: [{ exists: true }] } }), ...queueWith() },
    '"exists"',
  ],
  ['its target is beyond the local run', { ...rule('Machine'), Machine: { Type: 'AWS::StepFunctions::StateMachine' } }, 'no stand-in'],
  [
    'its schedule is beyond the local run',
    { ...rule('Function', { EventPattern: { Ref: 'AWS::NoValue' }, ScheduleExpression: 'cron(0 1 * * ? *)' }), ...FUNCTION },
    'rate(...)',
  ],
])('a rule does nothing and the user is told: %s', async (_why, resources, note) => {
  start(resources);

  await put('fault');

  expect(notes).toEqual([expect.stringContaining(note)]);
  expect(calls).toEqual([]);
  expect(await sent()).toEqual([]);
});

test('a rule of the user’s own is none of the local run’s business', () => {
  const Targets = [{ Id: 'a', Arn: { Ref: 'Topic' } }];
  start({ ...rule('', { Targets, EventPattern: { source: [{ exists: true }] } }), Topic: { Type: 'AWS::SNS::Topic', Properties: {} } });

  expect(notes).toEqual([]);
});

test('the template says when a rule fires', () => {
  const model = new StackModel(
    'app',
    {
      Resources: {
        Every: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(5 minutes)', Targets: [{ Arn: 'arn:f', Id: 'a' }] } },
        Cron: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'cron(0 1 * * ? *)', Targets: [] } },
        Off: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 minute)', State: 'DISABLED' } },
      },
    },
    { account, endpoint: '' },
  );
  const [every, cron, off] = model.ofType('AWS::Events::Rule').map(readRule);

  expect(every).toMatchObject({ everyMs: 300_000, bus: 'default' });
  expect(cron).not.toHaveProperty('everyMs');
  expect(every?.pattern()).toBeUndefined();
  expect([every?.enabled, off?.enabled]).toEqual([true, false]);
  expect(scheduledEvent('arn:rule', account, 0)).toMatchObject({
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
    time: '1970-01-01T00:00:00Z',
    resources: ['arn:rule'],
  });
});
