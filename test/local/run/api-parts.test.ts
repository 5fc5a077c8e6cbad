import fc from 'fast-check';
import type { RouteDefinition, ThrottleSetting } from '../../../local/api-gateway/api-definition';
import { MalformedResponseError, PreludeReader, readResponseHead } from '../../../local/api-gateway/response-head';
import { RouteTable } from '../../../local/api-gateway/route-table';
import { Throttle } from '../../../local/api-gateway/throttle';

const route = (method: string, resourcePath: string): RouteDefinition => ({
  method,
  resourcePath,
  resourceId: resourcePath,
  integration: { kind: 'mock', status: 200, headers: {} },
});

describe('the route table', () => {
  const table = new RouteTable([
    route('ANY', '/{proxy+}'),
    route('GET', '/v1/{id}'),
    route('GET', '/v1/{id}/parts/{part}'),
    route('GET', '/v1/fixed'),
    route('ANY', '/v1/{id}/{rest+}'),
    route('POST', '/v1/fixed'),
  ]);

  test.each([
    ['GET', '/v1/fixed', '/v1/fixed', {}],
    ['POST', '/v1/fixed', '/v1/fixed', {}],
    ['GET', '/v1/fixed/', '/v1/fixed', {}],
    ['GET', '/v1/a%20b', '/v1/{id}', { id: 'a b' }],
    ['GET', '/v1/a/parts/2', '/v1/{id}/parts/{part}', { id: 'a', part: '2' }],
    ['PUT', '/v1/a/parts/2', '/v1/{id}/{rest+}', { id: 'a', rest: 'parts/2' }],
    ['PUT', '/v1/a', '/{proxy+}', { proxy: 'v1/a' }],
    ['GET', '/%zz', '/{proxy+}', { proxy: '%zz' }],
    ['GET', '//v1', '/{proxy+}', { proxy: '/v1' }],
  ])('%s %s is %s', (method, path, resourcePath, pathParameters) => {
    expect(table.match(method, path)).toMatchObject({ route: { resourcePath }, pathParameters });
  });

  test('the root needs a route of its own', () => {
    expect(table.match('GET', '/')).toBeUndefined();
  });
});

describe('the prelude', () => {
  const answer = Buffer.concat([
    Buffer.from('{"statusCode":201,"headers":{"a":"☃"}}'),
    Buffer.alloc(8),
    Buffer.from('body\0\0\0\0\0\0\0\0tail'),
  ]);

  function read(chunks: readonly Buffer[]): { status: number; body: string } {
    const reader = new PreludeReader(16 * 1024, 10_240);
    let status = 0;
    const body: Buffer[] = [];
    for (const chunk of chunks) {
      if (status !== 0) {
        body.push(chunk);
        continue;
      }
      const opening = reader.push(chunk);
      if (opening === undefined) continue;
      status = opening.head.status;
      body.push(opening.rest);
    }
    return { status, body: Buffer.concat(body).toString() };
  }

  test('is found however the bytes are cut', () => {
    const whole = read([answer]);

    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: answer.length - 1 })), (cuts) => {
        const edges = [0, ...cuts.sort((left, right) => left - right), answer.length];
        const chunks = edges.slice(1).map((end, index) => answer.subarray(edges[index], end));
        expect(read(chunks)).toEqual(whole);
      }),
    );
    expect(whole).toEqual({ status: 201, body: 'body\0\0\0\0\0\0\0\0tail' });
  });

  test('must lie within its limit, delimiter included', () => {
    const delimited = (size: number): Buffer =>
      Buffer.concat([Buffer.from('{"a":"'), Buffer.alloc(size - 8, 'x'), Buffer.from('"}'), Buffer.alloc(8)]);

    expect(new PreludeReader(100, 10_240).push(delimited(92))).toBeDefined();
    expect(() => new PreludeReader(100, 10_240).push(delimited(93))).toThrow(MalformedResponseError);
  });

  test.each([{ statusCode: 99 }, { statusCode: 'x' }, { statusCode: 600 }, 'text', null, [1]])('fails on %j', (metadata) => {
    expect(() => readResponseHead(metadata, 10_240)).toThrow(MalformedResponseError);
  });

  test('multiValueHeaders go before headers of the same name, and connection headers are dropped', () => {
    const head = readResponseHead(
      {
        statusCode: '204',
        headers: { A: 'one', 'Transfer-Encoding': 'chunked', Server: 'x', n: 1, gone: null },
        multiValueHeaders: { a: ['two', 'three'] },
      },
      10_240,
    );

    expect(head).toEqual({ status: 204, headers: ['x-amzn-Remapped-Server', 'x', 'n', '1', 'a', 'two', 'a', 'three'] });
  });
});

test('a throttle gives its burst at once, then its rate', () => {
  const settings: ThrottleSetting[] = [
    { resourcePath: '/*', method: '*', rate: 10, burst: 3 },
    { resourcePath: '/free', method: 'GET', rate: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY },
  ];
  let now = 0;
  const throttle = new Throttle(settings, () => now);
  const take = (times: number, path = '/x'): number =>
    Array.from({ length: times }, () => throttle.take(route('GET', path))).filter(Boolean).length;

  expect(take(5)).toBe(3);
  now += 200;
  expect(take(5)).toBe(2);
  now += 10_000;
  expect(take(5)).toBe(3);
  expect(take(5, '/y')).toBe(3);
  expect(take(100, '/free')).toBe(100);
});
