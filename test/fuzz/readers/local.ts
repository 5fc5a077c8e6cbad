import { proxyEvent } from '../../../local/api-gateway/proxy-event';
import { MalformedResponseError, PreludeReader } from '../../../local/api-gateway/response-head';
import { type RouteMatch, RouteTable } from '../../../local/api-gateway/route-table';
import { wildcard } from '../../../local/aws/iam';
import { AwsError } from '../../../local/aws/service';
import { proveClaim, readClaim } from '../../../local/aws/signature';
import { DynamoDbError } from '../../../local/dynamodb/errors';
import { refuseLongNumbers } from '../../../local/dynamodb/numbers';
import { failedItems } from '../../../local/event-sources/batch-response';
import { readEventPattern } from '../../../local/template/event-pattern';
import { LocalRunError } from '../../../local/template/failure';
import { type IntrinsicScope, resolveCondition, resolveValue } from '../../../local/template/intrinsics';
import { isObject, type JsonValue } from '../../../local/template/json';
import { check, type Reader, refusedOr } from '../reader';

const SCOPE: IntrinsicScope = {
  ref: (name) => name,
  attribute: (id, name) => `${id}.${name}`,
  condition: (name) => name.length % 2 === 0,
  mapping: (...names) => names.join('/'),
  imported: (name) => name,
};
const CLAIM = `AWS4-HMAC-SHA256 Credential=A/20261129/eu-central-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;
const TEMPLATE = {
  a: { 'Fn::Join': ['-', [{ Ref: 'AWS::Region' }, { 'Fn::GetAtt': ['T', 'Arn'] }]] },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as templates write it
  b: { 'Fn::Sub': ['${A}-${!b}-${T.Arn}', { A: { 'Fn::Select': [0, { 'Fn::Split': [',', 'x,y'] }] } }] },
  c: { 'Fn::If': ['cond', { Ref: 'AWS::NoValue' }, { 'Fn::FindInMap': ['m', 'a', 'b'] }] },
  d: { 'Fn::And': [{ Condition: 'x' }, { 'Fn::Not': [{ 'Fn::Equals': ['a', { Ref: 'b' }] }] }] },
};
const PATTERN = { pattern: { source: ['aws', { prefix: 'a' }], detail: { kind: ['x'] } }, event: { source: 'aws', detail: { kind: 'x' } } };
const ROUTES = ['/', '/{proxy+}', '/v1/models/{id}', '/admin/v1/{proxy+}'].map((resourcePath) => ({
  method: 'ANY',
  resourcePath,
  resourceId: resourcePath,
  integration: { kind: 'mock' as const, status: 200, headers: {} },
}));

export const localReaders: readonly Reader[] = [
  {
    name: 'template-functions',
    about: 'intrinsic functions and conditions of templates',
    files: ['local/template/intrinsics.ts'],
    isJson: true,
    samples: () => [JSON.stringify(TEMPLATE), JSON.stringify(TEMPLATE.d)],
    read(input) {
      const value = jsonOf(input);
      if (value === undefined) return;
      refusedOr([LocalRunError], () => resolveValue(value, SCOPE));
      refusedOr([LocalRunError], () => resolveCondition(value, SCOPE));
    },
  },
  {
    name: 'event-pattern',
    about: 'patterns of rules and event sources',
    files: ['local/template/event-pattern.ts'],
    isJson: true,
    samples: () => [JSON.stringify(PATTERN)],
    read(input) {
      const value = jsonOf(input);
      if (!isObject(value) || !isObject(value['pattern'])) return;
      const { pattern } = value;
      refusedOr([LocalRunError], () => readEventPattern(pattern, 'rule')(value['event']));
    },
  },
  {
    name: 'iam-wildcard',
    about: 'actions and resources against the patterns of policies',
    files: ['local/aws/iam.ts'],
    samples: () => ['arn:aws:s3:::*/a?c*\narn:aws:s3:::bucket/abcd', '*a*b\nxxaxxb', '***\nx'],
    words: ['*', '?', 'a', 'ab', '\n', ':'],
    // Each star may be tried at each place, as patterns are ours and short.
    stepsPerByte: 200,
    read(input) {
      const [pattern = '', text = ''] = input.toString('latin1').split('\n');
      const short = pattern.slice(0, 64);
      const matches = wildcard(short, text);
      if (short.length * text.length <= 20_000) check(matches === plainWildcard(short, text), 'matched otherwise than the definition');
    },
  },
  {
    name: 'aws-signature',
    about: 'signatures of calls to the local AWS',
    files: ['local/aws/signature.ts'],
    samples: () => [`/a/../b?c=1&d=%20\nhost\nlocalhost\nx-amz-date\n20261129T000000Z\nauthorization\n${CLAIM}`],
    words: ['\n', '/', '..', '?', '&', '=', '%', '%zz', ';', '  ', 'x-amz-date', 'authorization', CLAIM],
    read(input) {
      const [target = '', ...headers] = input.toString('latin1').split('\n');
      const request = { method: 'GET', target, rawHeaders: headers.length % 2 === 0 ? headers : headers.slice(1) };
      const claim = refusedOr([AwsError], () => readClaim(request));
      if (claim === undefined) return;
      const now = Date.parse('2026-11-29T00:00:00Z');
      const proven = refusedOr([AwsError], () => {
        proveClaim(claim, request, input, { accessKeyId: 'A', secretAccessKey: 's' }, now);
        return true;
      });
      check(proven === undefined, 'a signature that nobody made');
    },
  },
  {
    name: 'response-head',
    about: 'what functions answer: metadata, eight NULs, payload; failed items of a batch',
    files: ['local/api-gateway/response-head.ts', 'local/event-sources/batch-response.ts'],
    samples: () => [
      '{"statusCode":200,"headers":{"a":"b"},"multiValueHeaders":{"c":["d","e"]},"cookies":["f=g"]}\0\0\0\0\0\0\0\0payload',
      '{"batchItemFailures":[{"itemIdentifier":"1"}]}',
    ],
    words: ['\0', '\0\0\0\0\0\0\0\0', '"statusCode":99', '{', '}'],
    // What has come is looked through again with each piece, up to the longest head.
    stepsPerByte: 200,
    read(input, random) {
      const head = (pieces: readonly Buffer[]) => {
        const reader = new PreludeReader(4_096, 1_024);
        let rest: Buffer | undefined;
        for (const piece of pieces) {
          if (rest !== undefined) rest = Buffer.concat([rest, piece]);
          else rest = reader.push(piece)?.rest;
        }
        return rest?.toString('base64') ?? 'none';
      };
      const whole = refusedOr([MalformedResponseError], () => head([input]));
      const pieces = random.cut(input.subarray(0, 2_048));
      const cut = refusedOr([MalformedResponseError], () => head([...pieces, input.subarray(2_048)]));
      check(whole === cut, 'cut otherwise, read otherwise');
      failedItems(input, ['1', '2']);
    },
  },
  {
    name: 'local-request',
    about: 'paths, queries and headers as the local API Gateway hands them on',
    files: ['local/api-gateway/route-table.ts', 'local/api-gateway/proxy-event.ts'],
    samples: () => ['/v1/models/a%2Fb\na=1&a=2\nX-A\n1\nx-a\n2\nX-Forwarded-For\n3', '/\n\n'],
    words: ['/', '%', '%zz', '&', '=', '\n', 'a\n1\n'],
    read(input) {
      const [path = '', query = '', ...rawHeaders] = input.toString('latin1').split('\n');
      const match = new RouteTable(ROUTES).match('GET', path);
      if (match === undefined) return;
      proxyEvent({
        context: { ...CONTEXT },
        match: match as RouteMatch,
        path,
        query,
        rawHeaders: rawHeaders.length % 2 === 0 ? rawHeaders : rawHeaders.slice(1),
        body: input,
        deploymentId: 'd',
        port: 1,
      });
    },
  },
  {
    name: 'dynamodb-number',
    about: 'numbers of items in the local DynamoDB',
    files: ['local/dynamodb/numbers.ts'],
    samples: () => ['123', '-0.00000000000000000000000000000000000000123', '99999999999999999999999999999999999999', '1e125'],
    words: ['0', '9', '.', '-', 'e', '00000000'],
    read(input) {
      const number = input.toString('latin1');
      const taken = refusedOr([DynamoDbError], () => {
        refuseLongNumbers({ a: { N: number }, b: { L: [{ N: number }] }, c: { M: { d: { N: number } } } });
        return true;
      });
      if (number.length <= 38 || number.length > 2_000) return;
      const digits = number.replace(/^-/, '').replace('.', '').replace(/^0+/, '').replace(/0+$/, '').length;
      check((taken === true) === digits <= 38, 'another number of digits');
    },
  },
];

const CONTEXT = {
  requestId: 'r',
  extendedRequestId: 'e',
  traceId: 't',
  method: 'GET',
  protocol: 'HTTP/1.1',
  host: 'localhost:1',
  sourceIp: '127.0.0.1',
  userAgent: '',
  stageName: 'prod',
  apiId: 'a',
  accountId: '123456789012',
  fullPath: '/prod/',
  startedAt: 0,
  arrivedMs: 0,
  responseBytes: 0,
};

function jsonOf(input: Buffer): JsonValue | undefined {
  try {
    return JSON.parse(input.toString('utf8')) as JsonValue;
  } catch {
    return undefined;
  }
}

/** A star for any characters, a question mark for one: the definition. */
function plainWildcard(pattern: string, text: string): boolean {
  let reached = new Set([0]);
  for (const mark of pattern) {
    const next = new Set<number>();
    if (mark === '*') for (let to = Math.min(...reached); to <= text.length; to += 1) next.add(to);
    else for (const at of reached) if (at < text.length && (mark === '?' || text[at] === mark)) next.add(at + 1);
    if (next.size === 0) return false;
    reached = next;
  }
  return reached.has(text.length);
}
