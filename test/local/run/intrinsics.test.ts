import { localAccount } from '../../../local/template/account';
import { modelApp } from '../../../local/template/app-model';
import { LocalRunError } from '../../../local/template/failure';
import type { JsonObject, JsonValue } from '../../../local/template/json';
import { matchesArn } from '../../../local/template/policies';
import { StackModel } from '../../../local/template/stack-model';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: Fn::Sub uses the same syntax
const RESOURCES: JsonObject = {
  Table: { Type: 'AWS::DynamoDB::GlobalTable', Properties: { KeySchema: [] } },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } },
  Role: { Type: 'AWS::IAM::Role', Properties: {} },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
  Odd: { Type: 'AWS::Made::Up', Properties: {} },
};

function resolve(value: JsonValue, template: JsonObject = {}): JsonValue | undefined {
  const resources = { ...RESOURCES, Probe: { Type: 'AWS::Made::Probe', Properties: { value } } };
  const model = new StackModel('app', { ...template, Resources: resources }, { account: localAccount(), endpoint: 'http://127.0.0.1:9' });
  return model.resource('Probe').properties.value;
}

test.each<[string, JsonValue, JsonValue]>([
  ['Ref to a table', { Ref: 'Table' }, 'app-Table'],
  ['Ref to a queue', { Ref: 'Queue' }, 'http://127.0.0.1:9/000000000000/jobs'],
  ['Ref to a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
  ['GetAtt as a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:aws:dynamodb:us-east-1:000000000000:table/app-Table'],
  ['GetAtt as a string', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:aws:sqs:us-east-1:000000000000:jobs'],
  ['Join', { 'Fn::Join': ['/', ['a', { Ref: 'AWS::AccountId' }, 3]] }, 'a/000000000000/3'],
  ['Sub', { 'Fn::Sub': '${AWS::Partition}-${Role.Arn}-${!Literal}' }, 'aws-arn:aws:iam::000000000000:role/app-Role-${Literal}'],
  ['Sub with variables', { 'Fn::Sub': ['${A}+${Bucket}', { A: { Ref: 'AWS::Region' } }] }, 'us-east-1+app-bucket'],
  ['Select and Split', { 'Fn::Select': ['1', { 'Fn::Split': [':', { 'Fn::GetAtt': ['Queue', 'Arn'] }] }] }, 'aws'],
  ['NoValue in an object and a list', { a: { Ref: 'AWS::NoValue' }, b: [1, { Ref: 'AWS::NoValue' }] }, { b: [1] }],
  ['Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
])('%s', (_name, value, expected) => {
  expect(resolve(value)).toEqual(expected);
});

test('parameters, mappings and conditions', () => {
  const template: JsonObject = {
    Parameters: { Size: { Type: 'Number', Default: 5 } },
    Mappings: { Names: { 'us-east-1': { short: 'use1' } } },
    Conditions: {
      IsEast: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
      IsWest: { 'Fn::Not': [{ Condition: 'IsEast' }] },
      Any: { 'Fn::Or': [{ Condition: 'IsWest' }, { 'Fn::And': [{ Condition: 'IsEast' }, { Condition: 'IsEast' }] }] },
    },
  };

  expect(resolve({ Ref: 'Size' }, template)).toBe(5);
  expect(resolve({ 'Fn::FindInMap': ['Names', { Ref: 'AWS::Region' }, 'short'] }, template)).toBe('use1');
  expect(resolve({ 'Fn::If': ['IsWest', 'west', { 'Fn::If': ['Any', 'any', 'none'] }] }, template)).toBe('any');
});

test.each<[string, JsonValue, string]>([
  ['an unknown function', { 'Fn::Transform': {} }, 'Fn::Transform, which the local run does not know'],
  ['an import of nothing', { 'Fn::ImportValue': 'other' }, 'no stack of the app exports other'],
  ['an attribute of an unknown type', { 'Fn::GetAtt': ['Odd', 'Arn'] }, 'no stand-in for AWS::Made::Up'],
  ['an unknown attribute', { 'Fn::GetAtt': ['Queue', 'Colour'] }, 'Fn::GetAtt Queue.Colour'],
  ['a missing resource', { Ref: 'Absent' }, 'has no resource Absent'],
])('fails with the reason, and only when it is needed: %s', (_name, value, message) => {
  expect(() => resolve(value)).toThrow(LocalRunError);
  expect(() => resolve(value)).toThrow(message);
  expect(() => resolve(value)).toThrow('Probe');
});

test('a stack’s imports are what other stacks of the app export, in deployment order', () => {
  const output = (name: string, value: JsonValue): JsonObject => ({ Outputs: { Out: { Value: value, Export: { Name: name } } } });
  const templates: Record<string, JsonObject> = {
    Gateway: {
      Resources: {
        Probe: { Type: 'T', Properties: { value: { 'Fn::ImportValue': 'middle' }, unread: { 'Fn::ImportValue': 'other' } } },
      },
    },
    Middle: { Resources: {}, ...output('middle', { 'Fn::Join': ['', ['via ', { 'Fn::ImportValue': 'base' }]] }) },
    Base: {
      Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } },
      ...output('base', { 'Fn::GetAtt': ['Queue', 'QueueName'] }),
    },
    Other: { Resources: { Odd: { Type: 'AWS::Made::Up' } }, ...output('other', { 'Fn::GetAtt': ['Odd', 'Arn'] }) },
  };
  const stacks = Object.entries(templates).map(([stackName, template]) => ({
    stackName,
    displayName: stackName,
    place: {},
    template,
    assets: new Map<string, string>(),
  }));

  const { gateway, dependencies } = modelApp(stacks, stacks[0] as (typeof stacks)[0], { account: localAccount(), endpoint: '' });

  expect(dependencies.map(({ stackName }) => stackName)).toEqual(['Base', 'Middle', 'Other']);
  expect(gateway.resource('Probe').properties.value).toBe('via Base-Queue');
});

test('a resource whose condition is false does not exist', () => {
  const template: JsonObject = {
    Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
    Resources: { One: { Type: 'T' }, Two: { Type: 'T', Condition: 'Never' } },
  };
  const model = new StackModel('app', template, { account: localAccount(), endpoint: '' });

  expect(model.ofType('T').map(({ logicalId }) => logicalId)).toEqual(['One']);
});

test('long generated names are cut, and stay apart', () => {
  const long = 'L'.repeat(100);
  const model = new StackModel(
    'app',
    { Resources: { [`${long}A`]: { Type: 'AWS::IAM::Role' }, [`${long}B`]: { Type: 'AWS::IAM::Role' } } },
    { account: localAccount(), endpoint: '' },
  );
  const [one, two] = [String(model.ref(`${long}A`)), String(model.ref(`${long}B`))];

  expect(one).toHaveLength(60);
  expect(one).not.toBe(two);
});

test('ARN patterns', () => {
  expect(matchesArn('arn:aws:execute-api:*:1:api/prod/*/*', 'arn:aws:execute-api:us-east-1:1:api/prod/GET/x/y')).toBe(true);
  expect(matchesArn('arn:aws:execute-api:*:1:api/prod/*/', 'arn:aws:execute-api:us-east-1:1:api/test/GET/')).toBe(false);
  expect(matchesArn('a.c', 'abc')).toBe(false);
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: Fn::Sub uses the same syntax
