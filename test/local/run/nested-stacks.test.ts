import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localAccount } from '../../../local/template/account';
import { type JsonObject, object } from '../../../local/template/json';
import { inlineNestedStacks } from '../../../local/template/nested-stacks';
import { StackModel } from '../../../local/template/stack-model';

const folder = mkdtempSync(join(tmpdir(), 'nested-stacks-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Inlines a parent's nested stacks, whose templates are given by object key. */
function inline(parent: JsonObject, nested: Record<string, JsonObject>): JsonObject {
  const assets = new Map(Object.keys(nested).map((key) => [key, join(folder, key)]));
  for (const [key, template] of Object.entries(nested)) writeFileSync(join(folder, key), JSON.stringify(template));
  return inlineNestedStacks(parent, assets);
}

function stackOf(key: string, parameters: JsonObject = {}): JsonObject {
  const url = { 'Fn::Join': ['', ['https://s3.', { Ref: 'AWS::URLSuffix' }, `/assets/${key}`]] };
  return { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: url, Parameters: parameters } };
}

const queue = (name: unknown): JsonObject => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName: name as string } });

/** Names of the queues, once every reference is resolved. */
function names(template: JsonObject): Record<string, unknown> {
  const model = new StackModel('app', template, { account: localAccount(), endpoint: '' });
  return Object.fromEntries(model.ofType('AWS::SQS::Queue').map(({ logicalId, properties }) => [logicalId, properties.QueueName]));
}

test('names inside are apart from those outside; parameters are what the parent gives, else their defaults', () => {
  const template = inline(
    { Resources: { Inner: stackOf('a.json', { Given: { 'Fn::GetAtt': ['Queue', 'QueueName'] } }), Queue: queue('outer') } },
    {
      'a.json': {
        Parameters: { Given: {}, Default: { Default: 'default' } },
        Conditions: { No: { 'Fn::Equals': [{ Ref: 'Given' }, 'other'] }, Yes: { 'Fn::Not': [{ Condition: 'No' }] } },
        Mappings: { Map: { a: { b: 'mapped' } } },
        Resources: {
          Queue: queue('inner'),
          Given: queue({ Ref: 'Given' }),
          Default: queue({ Ref: 'Default' }),
          Own: queue({ 'Fn::Join': ['-', [{ 'Fn::GetAtt': 'Queue.QueueName' }, 'too']] }),
          Sub: queue({ 'Fn::Sub': `\${Given} \${Queue.QueueName} \${AWS::Region} \${!Given}` }),
          SubOf: queue({ 'Fn::Sub': [`\${x} \${Default}`, { x: { Ref: 'Given' } }] }),
          If: queue({ 'Fn::If': ['No', 'yes', 'no'] }),
          Find: queue({ 'Fn::FindInMap': ['Map', 'a', 'b'] }),
          Absent: { ...queue('absent'), Condition: 'No' },
          Present: { ...queue('present'), Condition: 'Yes' },
        },
      },
    },
  );

  expect(names(template)).toEqual({
    Queue: 'outer',
    InnerQueue: 'inner',
    InnerGiven: 'outer',
    InnerDefault: 'default',
    InnerOwn: 'inner-too',
    InnerSub: `outer inner us-east-1 \${Given}`,
    InnerSubOf: 'outer default',
    InnerIf: 'no',
    InnerFind: 'mapped',
    InnerPresent: 'present',
  });
});

test('outputs reach the parent and other nested stacks, at any depth', () => {
  const output = (stack: string) => ({ 'Fn::GetAtt': [stack, 'Outputs.Name'] });
  const deepest = { Resources: { Queue: queue('deep') }, Outputs: { Name: { Value: { 'Fn::GetAtt': ['Queue', 'QueueName'] } } } };
  const template = inline(
    { Resources: { Second: stackOf('b.json', { In: output('First') }), First: stackOf('a.json'), Outer: queue(output('Second')) } },
    {
      'a.json': { Resources: { Deep: stackOf('deep.json') }, Outputs: { Name: { Value: output('Deep') } } },
      'b.json': { Parameters: { In: {} }, Resources: {}, Outputs: { Name: { Value: { Ref: 'In' } } } },
      'deep.json': deepest,
    },
  );

  expect(names(template)).toEqual({ FirstDeepQueue: 'deep', Outer: 'deep' });
});

test('a nested stack from elsewhere stays what it is', () => {
  const parent = {
    Resources: { Foreign: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://example.com/t.json' } } },
  };

  expect(inline(parent, { 'a.json': {} })).toEqual(parent);
  expect(
    Object.keys(object(inline({ ...parent, Resources: { ...parent.Resources, A: stackOf('a.json') } }, { 'a.json': {} }).Resources)),
  ).toEqual(['Foreign']);
});
