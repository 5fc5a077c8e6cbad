/** `llm-gateway serve` beside `llm-gateway local`, both as they are shipped. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BUILT, call, endAll, fileIn, launch, listening, open, type Reply, type Running, serve } from './serve-support';

if (!BUILT) console.warn('the bundles are missing: run "npm run build" to run these tests');

// Processes start slowly on a busy machine, and one stream takes 20 s.
jest.setTimeout(120_000);

interface Record {
  readonly id: string;
  readonly state: string;
  readonly outcome: string;
  readonly status: number;
  readonly cost_usd: string;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
}

const ENVIRONMENT = fileIn('environment.json');
const prompt = (text: string) => [{ role: 'user', content: text }];
const chat = (text: string, changes: object = {}) => ({ model: 'demo', messages: prompt(text), ...changes });
const streamed = (text: string) => chat(text, { stream: true, stream_options: { include_usage: true } });

(BUILT ? describe : describe.skip)('a data plane of its own', () => {
  let local: Running;
  let access: { readonly url: string; readonly admin_key: string; readonly key: string };
  let variables: { readonly [name: string]: string };

  beforeAll(async () => {
    local = launch(['local', '--memory', '--port', '0', '--json', '--environment', ENVIRONMENT]);
    const [line] = await local.says(/^\{"url".*$/m);
    access = JSON.parse(line);
    variables = JSON.parse(readFileSync(ENVIRONMENT, 'utf8'));
  });

  afterAll(endAll);

  const requestsOf = async (id?: string): Promise<Record[]> => {
    const path = id === undefined ? '/admin/v1/requests?limit=100' : `/admin/v1/requests/${id}`;
    const { status, text } = await call(`${access.url}${path}`, access.admin_key);
    if (status === 404) return [];
    const body = JSON.parse(text);
    return id === undefined ? body.data : [body];
  };

  /** The record of a call, once it is settled. */
  const settledOf = async (id: string): Promise<Record> => {
    for (;;) {
      const [found] = await requestsOf(id);
      if (found?.state === 'settled') return found;
      await new Promise((later) => setTimeout(later, 200));
    }
  };

  test('the file that local writes is the user’s alone and tells where everything is', () => {
    expect(statSync(ENVIRONMENT).mode & 0o777).toBe(0o600);
    expect(Object.keys(variables).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_DEFAULT_REGION',
      'AWS_EC2_METADATA_DISABLED',
      'AWS_ENDPOINT_URL',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'COUNTERS_TABLE',
      'GATEWAY_CONFIG_FILE',
      'GATEWAY_NAME',
      'IDENTITY_TABLE',
      'PEPPER_SECRET_ARN',
      'RECORDS_TABLE',
      'SETTLEMENT_QUEUE_URL',
    ]);
    expect(JSON.parse(readFileSync(variables['GATEWAY_CONFIG_FILE'] ?? '', 'utf8'))).toMatchObject({ version: 1 });
  });

  test('answers as the function does', async () => {
    const plane = await serve(['--environment', ENVIRONMENT]);
    const both = async (path: string, options: Parameters<typeof call>[2] = {}, key = access.key): Promise<[unknown, unknown]> => {
      const [own, function_] = [await call(`${plane.url}${path}`, key, options), await call(`${access.url}${path}`, key, options)];
      return [comparable(own), comparable(function_)];
    };
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }];

    for (const [path, options, key] of [
      ['/v1/chat/completions', { body: chat('hello [simulate tokens=8]') }],
      ['/v1/chat/completions', { body: streamed('hello [simulate tokens=8 speed=0]') }],
      ['/v1/chat/completions', { body: chat('hello [simulate tool]', { tools }) }],
      ['/v1/chat/completions', { body: chat('hello [simulate error=400]') }],
      ['/v1/chat/completions', { body: { model: 'demo' } }],
      ['/v1/chat/completions', { body: chat('hello', { model: 'nowhere/none' }) }],
      ['/v1/responses', { body: { model: 'demo', input: 'hello [simulate tokens=8]' } }],
      ['/v1/responses', { body: { model: 'demo', input: 'hello [simulate tokens=8 speed=0]', stream: true } }],
      ['/v1/messages', { body: { model: 'demo', max_tokens: 9, messages: prompt('hello') } }],
      ['/v1/messages', { body: { model: 'demo', max_tokens: 9, stream: true, messages: prompt('hello [simulate speed=0]') } }],
      ['/v1/messages', { body: { model: 'demo', messages: prompt('hello') } }],
      ['/v1/messages/count_tokens', { body: { model: 'demo', messages: prompt('hello') } }],
      ['/v1/embeddings', { body: { model: 'simulated/simulated-1', input: 'hello' } }],
      ['/v1/models', {}],
      ['/v1/models/demo', {}],
      ['/v1/chat/completions', { method: 'DELETE' }],
      ['/v1/nothing', {}],
      ['/health', {}],
      ['/v1/chat/completions', { body: chat('hello') }, 'sk-gw-nobody'],
    ] as [string, Parameters<typeof call>[2], string?][]) {
      const [own, ofFunction] = await both(path, options, key);
      expect([path, own]).toEqual([path, ofFunction]);
    }
    expect(await plane.stop()).toMatchObject({ code: 0 });
  });

  test('told to stop with a stream of 20 s open: not ready, no further call, the stream ends whole and settled, exit 0', async () => {
    const plane = await serve(['--environment', ENVIRONMENT]);
    const idle = new Agent({ keepAlive: true });
    expect(await call(`${plane.url}/ready`, '', { agent: idle })).toMatchObject({ status: 200, text: '{"status":"ready"}' });
    const kept = Object.values(idle.freeSockets).flatMap((sockets) => sockets ?? []);
    expect(kept).toHaveLength(1);
    const idleClosed = new Promise((closed) => kept[0]?.once('close', closed));
    const startedMs = performance.now();
    const stream = open(`${plane.url}/v1/chat/completions`, access.key, { body: streamed('a story [simulate tokens=100 speed=5]') });
    await stream.begun;

    plane.process.child.kill('SIGTERM');
    await plane.process.says(/stopping: 1 calls under way/);
    await idleClosed;
    const recorded = (await requestsOf()).length;

    expect(await call(`${plane.url}/ready`, '')).toMatchObject({
      status: 503,
      text: '{"status":"draining"}',
      headers: { connection: 'close' },
    });
    const refused = await call(`${plane.url}/v1/messages`, access.key, { body: { model: 'demo', max_tokens: 9, messages: prompt('hi') } });
    expect(refused).toMatchObject({ status: 529, headers: { 'retry-after': '1', 'x-should-retry': 'true', connection: 'close' } });
    expect(JSON.parse(refused.text)).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } });
    const { headers, text } = await stream.reply;

    expect(performance.now() - startedMs).toBeGreaterThan(19_000);
    expect(text).toMatch(/"completion_tokens":100,.*\n\ndata: \[DONE\]\n\n$/);
    expect(await plane.process.done).toMatchObject({ code: 0 });
    // The process is gone: what is there was settled by it.
    const [record] = await requestsOf(headers['x-gateway-request-id'] as string);
    expect(record).toMatchObject({ state: 'settled', outcome: 'ok', usage: { output_tokens: 100 } });
    expect((await requestsOf()).length).toBe(recorded + 1);
  });

  test('no more calls at once than it may: the next is refused in its dialect, and nothing of it is charged or recorded', async () => {
    const plane = await serve(['--environment', ENVIRONMENT, '--max-calls', '1']);
    const first = open(`${plane.url}/v1/chat/completions`, access.key, { body: streamed('[simulate tokens=20 speed=5]') });
    await first.begun;
    const spent = async (): Promise<unknown> => {
      const { budgets } = JSON.parse((await call(`${plane.url}/v1/me`, access.key)).text);
      return budgets.map((budget: { spent_usd: string; reserved_usd: string }) => [budget.spent_usd, budget.reserved_usd]);
    };
    const before = [await spent(), (await requestsOf()).length];

    const refusals = [
      await call(`${plane.url}/v1/chat/completions`, access.key, { body: chat('hi') }),
      await call(`${plane.url}/v1/responses`, access.key, { body: { model: 'demo', input: 'hi' } }),
      await call(`${plane.url}/v1/messages`, access.key, { body: { model: 'demo', max_tokens: 9, messages: prompt('hi') } }),
    ];

    expect(refusals.map(({ status, headers }) => [status, headers['retry-after'], headers['x-should-retry']])).toEqual([
      [503, '1', 'true'],
      [503, '1', 'true'],
      [529, '1', 'true'],
    ]);
    expect(refusals.map(({ text }) => JSON.parse(text).error)).toMatchObject([
      { code: 'gateway_overloaded' },
      { code: 'gateway_overloaded' },
      { type: 'overloaded_error' },
    ]);
    expect([await spent(), (await requestsOf()).length]).toEqual(before);
    // Who asks for nothing that costs is answered all the same, and the next call finds room.
    expect(await call(`${plane.url}/health`, '')).toMatchObject({ status: 200 });
    expect((await first.reply).text).toContain('[DONE]');
    const next = async (): Promise<Reply> => call(`${plane.url}/v1/chat/completions`, access.key, { body: chat('hi') });
    let reply = await next();
    while (reply.status === 503) reply = await next();
    expect(reply.status).toBe(200);
    const { out } = await plane.stop();
    const log = out
      .trim()
      .split('\n')
      .map((entry) => JSON.parse(entry));
    expect(log).toContainEqual(expect.objectContaining({ outcome: 'gateway_overloaded', reason: 'calls' }));
  });

  test('beyond its memory a process takes one call at a time', async () => {
    const plane = await serve(['--environment', ENVIRONMENT, '--max-memory-mb', '64']);
    const first = open(`${plane.url}/v1/chat/completions`, access.key, { body: streamed('[simulate tokens=20 speed=5]') });
    await first.begun;

    expect(await call(`${plane.url}/v1/chat/completions`, access.key, { body: chat('hi') })).toMatchObject({ status: 503 });
    expect((await first.reply).text).toContain('[DONE]');
    expect(await plane.stop()).toMatchObject({ code: 0, out: expect.stringContaining('"reason":"memory"') });
  });

  test('a caller that hangs up is seen, whatever it waited for, and pays what the provider reports', async () => {
    const plane = await serve(['--environment', ENVIRONMENT]);
    const stream = open(`${plane.url}/v1/chat/completions`, access.key, { body: streamed('one [simulate tokens=60 speed=10]') });
    const whole = open(`${plane.url}/v1/chat/completions`, access.key, { body: chat('two [simulate tokens=60 speed=10]') });
    await stream.begun;
    // Both are at the provider by now; the whole answer takes six seconds.
    await new Promise((later) => setTimeout(later, 1_500));
    stream.hangUp();
    whole.hangUp();
    // Its answers are read on to their usage before the process ends.
    const { code, out } = await plane.stop();

    expect(code).toBe(0);
    const lines = out.split('\n').filter((line) => line.includes('/v1/chat/completions'));
    const records = await Promise.all(lines.map((line) => settledOf(JSON.parse(line).requestId)));
    expect(records.map(({ outcome, usage }) => [outcome, usage.output_tokens])).toEqual([
      ['client_closed_request', 60],
      ['client_closed_request', 60],
    ]);
  });

  test('calls that take longer than the process may are cut and settled, and the exit code tells', async () => {
    const plane = await serve(['--environment', ENVIRONMENT, '--drain-seconds', '1']);
    const stream = open(`${plane.url}/v1/chat/completions`, access.key, { body: streamed('[simulate tokens=600 speed=5]') });
    await stream.begun;
    const { code, err, out } = await plane.stop();

    expect(code).toBe(1);
    expect(err).toContain('1 calls took longer than that and were cut');
    const { requestId } = JSON.parse(out.split('\n').find((line) => line.includes('client_closed_request')) ?? '{}');
    const [record] = await requestsOf(requestId);
    expect(record?.state).toBe('settled');
    expect(Number(record?.cost_usd)).toBeGreaterThan(0);
  });

  test('a second signal ends it at once', async () => {
    const plane = await serve(['--environment', ENVIRONMENT]);
    const stream = open(`${plane.url}/v1/chat/completions`, access.key, { body: streamed('[simulate tokens=600 speed=5]') });
    await stream.begun;
    plane.process.child.kill('SIGINT');
    await plane.process.says(/stopping: 1 calls/);
    plane.process.child.kill('SIGINT');

    expect(await plane.process.done).toMatchObject({ code: 130 });
  });

  test('takes its variables from the process, and credentials from where a container has them', async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, ...rest } = variables;
    const asked: string[] = [];
    const roles = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          AccessKeyId: AWS_ACCESS_KEY_ID,
          SecretAccessKey: AWS_SECRET_ACCESS_KEY,
          Token: AWS_SESSION_TOKEN,
          Expiration: new Date(Date.now() + 3_600_000).toISOString(),
        }),
      );
    });
    await new Promise<void>((done) => roles.listen(0, '127.0.0.1', done));
    const plane = await serve(['--config', rest['GATEWAY_CONFIG_FILE'] ?? ''], {
      ...rest,
      GATEWAY_CONFIG_FILE: '/nowhere/gateway.json',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${(roles.address() as AddressInfo).port}/role`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'of-the-task',
    });
    const reply = await call(`${plane.url}/v1/chat/completions`, access.key, { body: chat('hello [simulate tokens=3]') });
    roles.close();

    expect(reply).toMatchObject({ status: 200, headers: { 'x-gateway-provider': 'simulated' } });
    expect(asked).toContain('/role of-the-task');
    expect(await plane.stop()).toMatchObject({ code: 0 });
  });

  test('is not ready while what every call needs cannot be read, and says in the log why', async () => {
    const plane = await listening([], { ...variables, PEPPER_SECRET_ARN: `${variables['PEPPER_SECRET_ARN']}-none` });

    expect(await call(`${plane.url}/ready`, '')).toMatchObject({ status: 503, text: '{"status":"not_ready"}' });
    expect((await plane.stop()).out).toMatch(/"event":"not-ready","code":"(AccessDenied|ResourceNotFound)Exception"/);
  });

  describe('fails, naming what and how to mend it', () => {
    const document = (changes: object): string => {
      const file = fileIn(`document-${Math.random()}.json`);
      const whole = JSON.parse(readFileSync(variables['GATEWAY_CONFIG_FILE'] ?? '', 'utf8'));
      writeFileSync(file, JSON.stringify({ ...whole, ...changes }));
      return file;
    };
    const failure = async (args: readonly string[], environment: NodeJS.ProcessEnv = variables): Promise<string> => {
      const { code, err } = await launch(['serve', '--port', '0', ...args], environment).done;
      expect(code).not.toBe(0);
      expect(err).not.toContain('    at ');
      return err;
    };

    test('on a document that is missing, damaged, of another version or wrong', async () => {
      const damaged = fileIn('damaged.json');
      writeFileSync(damaged, '{"version":');
      const provider = { id: 'x', kind: 'nobody', network: 'public' };
      const route = { alias: 'a', targets: [{ provider: 'gone', model: 'm' }] };

      expect(await failure(['--config', '/nowhere.json'])).toMatch(
        /document \/nowhere\.json cannot be read \(ENOENT\); give the gateway\.json/,
      );
      expect(await failure(['--config', damaged])).toMatch(/damaged\.json is not a JSON object; give the gateway\.json/);
      expect(await failure(['--config', document({ version: 2 })])).toMatch(/has version 2; this code reads version 1/);
      expect(await failure(['--config', document({ providers: [provider] })])).toMatch(/providers\[0\]\.kind is "nobody"/);
      expect(await failure(['--config', document({ routes: [route] })])).toMatch(/routes\[0\]\.targets name the provider "gone"/);
      const unheardOf = { alias: 'a', targets: [], strategy: 'fastest' };
      expect(await failure(['--config', document({ routes: [unheardOf] })])).toMatch(/routes\[0\]\.strategy is none of ordered, weighted/);
    });

    test('on an environment that lacks variables, all of them at once', async () => {
      const { RECORDS_TABLE, AWS_REGION, AWS_DEFAULT_REGION, ...lacking } = variables;
      const secretArn = { env: 'GATEWAY_VALUE_1' };
      const provider = { id: 'x', kind: 'openai', network: 'public', credential: { secretArn } };

      expect([RECORDS_TABLE, AWS_REGION, AWS_DEFAULT_REGION]).not.toContain(undefined);
      expect(await failure(['--config', document({ providers: [provider], routes: [] })], lacking)).toMatch(
        /the environment lacks RECORDS_TABLE, AWS_REGION, GATEWAY_VALUE_1; give the values that the deployed proxy function has/,
      );
    });

    test('on a port or address that cannot be had', async () => {
      const taken = createServer();
      await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
      const { port } = taken.address() as AddressInfo;

      expect(await failure(['--port', String(port)])).toMatch(`port ${port} of 127.0.0.1 is in use; give another one with --port`);
      expect(await failure(['--address', '203.0.113.7'])).toMatch(/203\.0\.113\.7 cannot be listened on .*--address/);
      taken.close();
    });

    test('on options that make no sense', async () => {
      expect(await failure(['--max-calls', 'many'])).toMatch('--max-calls takes a whole number from 1 to 100000, got "many"');
      expect(await failure(['--hang-ups', 'maybe'])).toMatch('--hang-ups takes drain or abort');
      expect(await failure(['--environment', '/nowhere.json'])).toMatch(/there is no \/nowhere\.json; "llm-gateway local --environment/);
      expect(await failure(['--frob'])).toMatch('serve --help shows its options');
    });
  });

  test('the file goes with the local run', async () => {
    local.child.kill('SIGINT');

    expect(await local.done).toMatchObject({ code: 0 });
    expect(existsSync(ENVIRONMENT)).toBe(false);
  });
});

/** What two processes answer alike: ids, times and what is left of a budget differ from call to call. */
function comparable({ status, headers, text }: Reply): unknown {
  const own = Object.entries(headers).filter(([name]) => /^(x-|content-type|retry-after|cache-control|upgrade)/.test(name));
  const moving = /request-id|overhead|remaining|reset|amzn|amz-|apigw/;
  return {
    status,
    headers: Object.fromEntries(own.filter(([name]) => !moving.test(name))),
    text: text
      .replace(/\b0[0-9A-Za-z]{21}\b/g, '<id>')
      .replace(/"(id|item_id|response_id|call_id)":"(resp|msg|chatcmpl|rs|fc)_?-?[^"]*"/g, '"$1":"<id>"')
      .replace(/"(created|created_at|completed_at)":\d+/g, '"$1":0'),
  };
}
