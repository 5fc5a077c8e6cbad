import { get } from 'node:http';
import { connect } from 'node:net';
import { apiTemplate } from './fixtures/api-template';
import { call, startGateway, type TestGateway } from './support/gateway';
import { buildWorkerFile } from './support/worker-file';

// Processes and threads start slowly on a busy machine.
jest.setTimeout(30_000);

let workerFile: string;
let gateway: TestGateway;

beforeAll(async () => {
  workerFile = await buildWorkerFile();
  gateway = await startGateway(workerFile, apiTemplate());
});

afterAll(() => gateway.close());

const mode = (name: string, path = '/v1/x'): string => `${gateway.url}${path}?mode=${name}`;

describe('routes', () => {
  test('the stage is part of the URL', async () => {
    expect(gateway.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/prod$/);
    expect(await call(`http://127.0.0.1:${gateway.port}/v1/x`)).toMatchObject({ status: 403 });
    expect((await call(`http://127.0.0.1:${gateway.port}/production`)).body).toContain(gateway.url);
  });

  test('an exact path beats a greedy one, at each level', async () => {
    expect(JSON.parse((await call(`${gateway.url}/admin/keys`)).body)).toMatchObject({ resource: '/admin/{proxy+}' });
    expect(JSON.parse((await call(`${gateway.url}/admins/keys`)).body)).toMatchObject({ resource: '/{proxy+}' });
    expect(JSON.parse((await call(gateway.url)).body)).toMatchObject({ resource: '/', path: '/' });
  });

  test('a mock integration answers by itself', async () => {
    const answer = await call(`${gateway.url}/v1/x`, { method: 'OPTIONS' });

    expect(answer).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': '*' } });
  });

  test('a route that does not exist gets the template’s gateway response', async () => {
    const answer = await call(gateway.url, { method: 'DELETE' });

    expect(answer).toMatchObject({ status: 404, headers: { 'x-amzn-errortype': 'MissingAuthenticationTokenException' } });
    expect(JSON.parse(answer.body)).toEqual({ error: { type: 'MISSING_AUTHENTICATION_TOKEN' } });
  });

  test('fails with 500 when the template does not let API Gateway invoke the function', async () => {
    expect(await call(`${gateway.url}/closed`)).toMatchObject({ status: 500 });
    expect(gateway.notes.join()).toContain('AWS::Lambda::Permission is missing');
  });

  test('the stage’s throttle answers 429', async () => {
    const statuses = [];
    for (let index = 0; index < 3; index += 1) statuses.push((await call(`${gateway.url}/scarce?mode=fast`)).status);

    expect(statuses).toEqual([201, 201, 429]);
  });
});

test('the event is what API Gateway sends', async () => {
  const answer = await call(`${gateway.url}/v1/models/a%2Fb?mode=echo&tag=1&tag=t%20wo`, {
    method: 'POST',
    headers: { 'X-Two': ['a', 'b'], 'content-type': 'application/json', 'X-Forwarded-For': '10.9.8.7', te: 'trailers' },
    body: '{"snow":"☃"}',
  });
  const event = JSON.parse(answer.body);

  expect(event).toMatchObject({
    resource: '/{proxy+}',
    path: '/v1/models/a%2Fb',
    httpMethod: 'POST',
    queryStringParameters: { mode: 'echo', tag: 't wo' },
    multiValueQueryStringParameters: { mode: ['echo'], tag: ['1', 't wo'] },
    pathParameters: { proxy: 'v1/models/a/b' },
    stageVariables: null,
    body: '{"snow":"☃"}',
    isBase64Encoded: false,
    headers: { 'X-Two': 'b', 'X-Forwarded-For': '10.9.8.7, 127.0.0.1', 'X-Forwarded-Proto': 'http' },
    multiValueHeaders: { 'X-Two': ['a', 'b'] },
    requestContext: {
      path: '/prod/v1/models/a%2Fb',
      stage: 'prod',
      httpMethod: 'POST',
      resourcePath: '/{proxy+}',
      identity: { sourceIp: '127.0.0.1' },
      requestId: answer.headers['x-amzn-requestid'],
      protocol: 'HTTP/1.1',
    },
  });
  expect(event.headers).not.toHaveProperty('te');
  expect(event.requestContext.requestTime).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
  expect(JSON.parse((await call(`${gateway.url}/v1/x`)).body)).toMatchObject({ queryStringParameters: null, body: null });
});

describe('a streamed integration', () => {
  test('passes status, headers and chunks on as they come', async () => {
    const answer = await call(mode('sse'));

    expect(answer).toMatchObject({ status: 200, complete: true, body: 'data: one\n\ndata: two\n\ndata: three\n\n' });
    expect(answer.headers['content-type']).toBe('text/event-stream');
    expect(answer.headers['transfer-encoding']).toBe('chunked');
  });

  test('sends the status before the function is done', async () => {
    const order: string[] = [];
    await new Promise<void>((resolve, reject) => {
      get(mode('slow'), (response) => {
        order.push('status');
        response.on('data', (chunk: Buffer) => order.push(chunk.toString()));
        response.once('end', resolve);
      }).once('error', reject);
    });

    expect(order).toEqual(['status', 'a', 'b']);
  });

  test('sets cookies and repeated headers, and renames what is API Gateway’s own', async () => {
    const { headers } = await call(mode('cookies'));

    expect(headers['set-cookie']).toEqual(['c=1', 'd=2']);
    expect(headers['x-many']).toBe('a, b');
    expect(headers['x-amzn-remapped-date']).toBe('never');
  });

  test('an answer with an empty write is complete', async () => {
    expect(await call(mode('empty-write'))).toMatchObject({ status: 201, body: '', complete: true });
  });

  test.each(['throw-before', 'end-only', 'no-prelude', 'bad-json', 'big-prelude', 'many-headers', 'bad-header', 'exit'])(
    'fails with 502 and the template’s body: %s',
    async (name) => {
      const answer = await call(mode(name));

      expect(answer.status).toBe(502);
      expect(JSON.parse(answer.body)).toEqual({ error: { message: 'Internal server error', server: true } });
    },
  );

  test('fails by a cut connection once the status is out', async () => {
    expect(await call(mode('throw-mid'))).toMatchObject({ status: 201, body: 'partial', complete: false });
  });

  test('D01 a body over 10 MB is answered 413 by API Gateway, and one over 6 MB by Lambda, in the template’s shape', async () => {
    const large = await call(mode('fast'), { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1, 'a') });
    const medium = await call(mode('fast'), { method: 'POST', body: Buffer.alloc(6 * 1024 * 1024, 'a') });
    const chunked = await call(mode('fast'), {
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
      body: Buffer.alloc(10 * 1024 * 1024 + 1, 'a'),
    });

    for (const answer of [large, medium, chunked]) {
      expect(answer).toMatchObject({ status: 413, headers: { 'x-should-retry': 'false' } });
      expect(JSON.parse(answer.body)).toMatchObject({ error: { message: 'Request Too Long', id: answer.headers['x-id'] } });
    }
  });

  test('a request with over 10,240 bytes of headers is refused', async () => {
    expect(await call(mode('fast'), { headers: { 'x-big': 'x'.repeat(11_000) } })).toMatchObject({ status: 431 });
  });

  test('the access log is the stage’s format', async () => {
    gateway.access.length = 0;
    const answer = await call(mode('fast', '/v1/logged'));
    await new Promise((resolve) => setImmediate(resolve));

    expect(JSON.parse(gateway.access[0] ?? '')).toEqual({
      id: answer.headers['x-amzn-requestid'],
      status: '201',
      path: '/prod/v1/logged',
      mode: 'STREAM',
      bytes: '11',
      none: '-',
    });
  });
});

describe('a buffered integration', () => {
  const ask = (query: string): Promise<Awaited<ReturnType<typeof call>>> => call(`${gateway.url}/admin/x?${query}`);

  test('decodes base64 when the answer says so', async () => {
    expect(await ask('mode=base64')).toMatchObject({ status: 200, body: 'bytes', headers: { 'content-type': 'text/plain' } });
  });

  test.each(['throw', 'no-status', 'object-body', 'big&bytes=6291456'])('fails with 502: %s', async (name) => {
    expect(await ask(`mode=${name}`)).toMatchObject({ status: 502 });
  });
});

describe('time limits', () => {
  test('fails with 504 when nothing has come, and cuts when something has', async () => {
    const impatient = await startGateway(workerFile, apiTemplate(), { gateway: { limits: { idleMs: 150 } } });

    try {
      const silent = await call(`${impatient.url}/x?mode=hang`);
      const stalled = await call(`${impatient.url}/x?mode=no-end`);

      expect(silent).toMatchObject({ status: 504 });
      expect(JSON.parse(silent.body)).toMatchObject({ error: { message: 'Endpoint request timed out' } });
      expect(stalled).toMatchObject({ status: 201, body: 'open', complete: false });
    } finally {
      await impatient.close();
    }
  });

  test('fails with 502 at the function’s timeout before the status, and cuts after it', async () => {
    const short = await startGateway(workerFile, apiTemplate(), { functions: { timeoutMs: 200 } });

    try {
      expect(await call(`${short.url}/x?mode=hang`)).toMatchObject({ status: 502 });
      expect(await call(`${short.url}/x?mode=no-end`)).toMatchObject({ status: 201, complete: false });
    } finally {
      await short.close();
    }
  });
});

test.each([
  ['runs out of time', 'hang', 502],
  ['runs out of memory', 'hoard', 502],
  ['exits', 'exit', 502],
  ['exits after the status', 'exit-mid', 201],
])('I04 a function that %s is answered 5xx or cut, and the next call is served', async (_name, behaviour, status) => {
  const small = await startGateway(workerFile, apiTemplate(), { functions: { timeoutMs: 1_500, concurrency: 1 } });

  try {
    expect(await call(`${small.url}/x?mode=${behaviour}`)).toMatchObject({ status, complete: status === 502 });
    expect(await call(`${small.url}/x?mode=fast`)).toMatchObject({ status: 201, complete: true });
  } finally {
    await small.close();
  }
});

test('I08 exhausted concurrency is answered by the edge in the template’s shape', async () => {
  const small = await startGateway(workerFile, apiTemplate(), { functions: { concurrency: 1 } });

  try {
    const first = call(`${small.url}/x?mode=slow`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await call(`${small.url}/x?mode=fast`);

    expect(second.status).toBe(500);
    expect(JSON.parse(second.body)).toMatchObject({ error: { server: true } });
    expect(await first).toMatchObject({ status: 201, body: 'ab' });
  } finally {
    await small.close();
  }
});

test('a client that goes away is invisible to the function, and the environment is free again', async () => {
  const single = await startGateway(workerFile, apiTemplate(), { functions: { concurrency: 1 } });

  try {
    await new Promise<void>((resolve) => {
      const socket = connect(single.port, '127.0.0.1', () => {
        socket.write(`GET /prod/x?mode=flood&chunks=64 HTTP/1.1\r\nHost: localhost:${single.port}\r\n\r\n`);
        socket.once('data', () => {
          socket.destroy();
          resolve();
        });
      });
    });
    await single.idle();
    const { served, flooded } = JSON.parse((await call(`${single.url}/x?mode=state`)).body);

    expect({ served, flooded }).toEqual({ served: 2, flooded: 64 * 64 * 1024 });
  } finally {
    await single.close();
  }
});

test('a client that does not read holds the function up, and misses nothing', async () => {
  const single = await startGateway(workerFile, apiTemplate(), { functions: { concurrency: 1 } });
  const chunks = 800;

  try {
    const received = await new Promise<number>((resolve, reject) => {
      get(`${single.url}/x?mode=flood&chunks=${chunks}`, { agent: false }, async (response) => {
        response.pause();
        await new Promise((wait) => setTimeout(wait, 200));
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
        });
        response.once('end', () => resolve(size));
        response.resume();
      }).once('error', reject);
    });

    expect(received).toBe(chunks * 64 * 1024);
  } finally {
    await single.close();
  }
});

test('a header with a hostile name is a header', async () => {
  const event = JSON.parse((await call(mode('echo'), { headers: { ['__proto__']: 'x', constructor: 'y' } })).body);

  expect(Object.entries(event.headers)).toContainEqual(['constructor', 'y']);
});
