/** The real app, as `npm start` serves it. Needs the bundles that `npm run build` makes. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENV } from '../../../lib/private/contract';
import { callGateway } from '../../../local/first-key';
import { type LocalRun, startLocalRun } from '../../../local/run';
import { call } from './support/gateway';
import { buildWorkerFile } from './support/worker-file';

const ROOT = join(__dirname, '../../..');
const built = ['dist/bin/app.cjs', 'dist/lib/index.js', 'dist/lambda/proxy/index.mjs'].every((file) => existsSync(join(ROOT, file)));
if (!built) console.warn('the bundles are missing: run "npm run build" to run these tests');

// Processes and threads start slowly on a busy machine.
jest.setTimeout(30_000);

interface UsageRow {
  readonly key_id: string;
  readonly model: string;
  readonly requests: number;
  readonly output_tokens: number;
  readonly cost_usd: string;
}

(built ? describe : describe.skip)('the gateway', () => {
  let workerFile: string;
  let data: string;
  let run: LocalRun;
  const notes: string[] = [];

  const start = (): Promise<LocalRun> =>
    startLocalRun({ workingDirectory: ROOT, port: 0, data, environment: {}, workerFile, onNote: (line) => notes.push(line) });

  beforeAll(async () => {
    workerFile = await buildWorkerFile();
    data = mkdtempSync(join(tmpdir(), 'local-gateway-test-'));
    run = await start();
  }, 30_000);

  afterAll(async () => {
    await run.close();
    rmSync(data, { recursive: true, force: true });
  });

  const chat = (key: string, body: object = {}): ReturnType<typeof call> =>
    call(`${run.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo', max_tokens: 8, messages: [{ role: 'user', content: 'hello' }], ...body }),
    });

  const newKey = async (fields: object): Promise<{ id: string; key: string }> => {
    const { status, body } = await callGateway('POST', `${run.url}/admin/v1/keys`, run.adminKey, fields);
    expect(status).toBe(201);
    return body as { id: string; key: string };
  };

  const usageOf = async (keyId: string): Promise<UsageRow | undefined> => {
    await run.settled();
    const { body } = await callGateway('GET', `${run.url}/admin/v1/usage?group_by=key,model`, run.adminKey);
    return (body as { data: UsageRow[] }).data.find((row) => row.key_id === keyId);
  };

  test('streams a chat completion and rolls its usage up', async () => {
    const { id, key } = await newKey({ name: 'stream' });

    const answer = await chat(key, { stream: true });

    expect(answer).toMatchObject({ status: 200, complete: true });
    expect(answer.headers['content-type']).toContain('text/event-stream');
    expect(answer.body.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(await usageOf(id)).toMatchObject({ model: 'simulated/simulated-1', requests: 1, output_tokens: 8 });
  });

  test('answers a call that does not stream', async () => {
    const answer = await chat(run.key);

    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ object: 'chat.completion', usage: { completion_tokens: 8 } });
  });

  test('refuses a key whose budget is spent', async () => {
    const { key } = await newKey({ budgets: [{ limit_usd: '0.000001', period: 'month' }] });

    const answer = await chat(key);

    expect(answer).toMatchObject({ status: 402, headers: { 'x-should-retry': 'false' } });
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'insufficient_quota' } });
  });

  test('refuses unknown keys and unknown paths in the caller’s dialect', async () => {
    expect(await chat('sk-gw-nonsense')).toMatchObject({ status: 401 });
    expect(JSON.parse((await chat('sk-gw-nonsense')).body)).toHaveProperty('error.message');
    expect((await call(`${run.url}/v1/nothing`, { headers: { authorization: `Bearer ${run.key}` } })).status).toBe(404);
  });

  test('D01 a body over 10 MB is answered 413 in a shape that both dialects read', async () => {
    const answer = await call(`${run.url}/v1/messages`, { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1, ' ') });

    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body)).toMatchObject({ type: 'error', error: { message: expect.any(String), type: expect.any(String) } });
  });

  test('G02 a client that goes away in the middle is charged what the whole answer cost', async () => {
    const { id, key } = await newKey({ name: 'gone' });

    await new Promise<void>((resolve, reject) => {
      const sent = request(`${run.url}/v1/chat/completions`, { method: 'POST', agent: false, headers: { authorization: `Bearer ${key}` } });
      sent.once('error', reject);
      sent.once('response', (response) => {
        response.on('error', () => {});
        response.once('data', () => {
          response.destroy();
          resolve();
        });
      });
      sent.end(JSON.stringify({ model: 'demo', stream: true, max_tokens: 20, messages: [{ role: 'user', content: 'hello' }] }));
    });

    expect(await usageOf(id)).toMatchObject({ requests: 1, output_tokens: 20 });
  });

  test('keys, usage and budgets survive a restart', async () => {
    const { id, key } = await newKey({ budgets: [{ limit_usd: '1.00', period: 'month' }] });
    await chat(key);
    const before = await usageOf(id);
    const [oldKey, oldAdminKey] = [run.key, run.adminKey];
    await run.close();

    run = await start();
    const me = await callGateway('GET', `${run.url}/v1/me`, key);

    expect([run.key, run.adminKey]).toEqual([oldKey, oldAdminKey]);
    expect(await usageOf(id)).toEqual(before);
    expect((me.body as { budgets: { spent_usd: string }[] }).budgets[0]?.spent_usd).toBe(before?.cost_usd);
  });

  test('K02 a record that no pipeline can take in ends in the queue that an alarm watches, by way of the bus', async () => {
    const usage = run.functions.find(({ definition }) => /usage/i.test(definition.logicalId));
    const role = run.principals.find(({ id }) => id === usage?.definition.logicalId);
    const queue = role?.statements.find(({ Action }) => Action === 'sqs:SendMessage')?.Resource as string;
    const poison = { pk: { S: 'request#poison' }, sk: { S: 'record' }, st: { S: 'settled' } };

    await run.standIns.dynamodb.call('PutItem', { TableName: usage?.definition.environment[ENV.RECORDS_TABLE], Item: poison });
    await run.settled();

    const [message, ...others] = await run.standIns.queues.receive(queue, { most: 10 });
    expect(JSON.parse(message?.body ?? '')).toMatchObject({ 'detail-type': 'fault', detail: { record: { pk: 'request#poison' } } });
    expect(others).toEqual([]);
  });

  test('R09 a change is told on the bus from the audit table; what looks like one in the records is not', async () => {
    const environmentOf = (name: RegExp) => run.functions.find(({ definition }) => name.test(definition.logicalId))?.definition.environment;
    const [admin, proxy] = [environmentOf(/admin/i), environmentOf(/proxy/i)];
    const told = () => run.standIns.events.published.map(({ detailType, detail }) => [detailType, (detail as { id: string }).id]);
    const { id } = await newKey({ name: 'audited' });
    await run.settled();
    const { Items: entries = [] } = (await run.standIns.dynamodb.call('Scan', { TableName: admin?.[ENV.AUDIT_TABLE] })) as {
      Items?: Record<string, { S?: string }>[];
    };
    const entry = entries.find((item) => item['resource_id']?.S === id);
    const forged = { ...entry, pk: { S: 'audit#forged' }, id: { S: 'forged' } };

    await run.standIns.dynamodb.call('PutItem', { TableName: admin?.[ENV.RECORDS_TABLE], Item: forged });
    await run.settled();

    expect(entry).toMatchObject({ action: { S: 'create' }, resource: { S: 'key' } });
    expect(told()).toContainEqual(['key-created', entry?.['id']?.S]);
    expect(told().map(([, eventId]) => eventId)).not.toContain('forged');
    expect(proxy).not.toHaveProperty(ENV.AUDIT_TABLE);
    const { body } = await callGateway('GET', `${run.url}/admin/v1/audit?resource_id=${id}`, run.adminKey);
    expect((body as { data: { id: string }[] }).data.map((one) => one.id)).toEqual([entry?.['id']?.S]);
  });

  test('R09 an audit entry that no pipeline can take in ends in the queue that an alarm watches, by its ids alone', async () => {
    const admin = run.functions.find(({ definition }) => /admin/i.test(definition.logicalId))?.definition.environment;
    const usage = run.functions.find(({ definition }) => /usage/i.test(definition.logicalId));
    const role = run.principals.find(({ id }) => id === usage?.definition.logicalId);
    const queue = role?.statements.find(({ Action }) => Action === 'sqs:SendMessage')?.Resource as string;
    const poison = { pk: { S: 'audit#2026-11' }, sk: { S: 'poison' }, before: { S: 'SECRET-CONTENT' } };

    await run.standIns.dynamodb.call('PutItem', { TableName: admin?.[ENV.AUDIT_TABLE], Item: poison });
    await run.settled();

    const bodies = (await run.standIns.queues.receive(queue, { most: 10 })).map(({ body }) => body);
    expect(bodies.map((body) => JSON.parse(body))).toContainEqual(
      expect.objectContaining({
        'detail-type': 'fault',
        detail: expect.objectContaining({ record: { pk: 'audit#2026-11', sk: 'poison' } }),
      }),
    );
    expect(bodies.join()).not.toContain('SECRET-CONTENT');
  });

  test('no function asks for what its role does not allow, and nothing fails on the side', () => {
    expect(run.calls.filter((made) => !made.allowed)).toEqual([]);
    expect(notes).toEqual([]);
  });

  test('I08 when Lambda has no concurrency left, callers get a 503 that clients of both dialects retry', async () => {
    const small = await startLocalRun({
      workingDirectory: ROOT,
      port: 0,
      environment: {},
      workerFile,
      concurrency: 1,
      onNote: (line) => notes.push(line),
    });
    const ask = (): ReturnType<typeof call> =>
      call(`${small.url}/v1/messages`, {
        method: 'POST',
        headers: { 'x-api-key': small.key, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'demo', max_tokens: 40, messages: [{ role: 'user', content: 'hello' }] }),
      });

    try {
      const answers = await Promise.all([ask(), ask(), ask()]);
      const refused = answers.filter(({ status }) => status === 503);

      expect(answers.map(({ status }) => status).sort()).toEqual([200, 503, 503]);
      for (const { headers, body } of refused) {
        expect(headers['retry-after']).toBe('1');
        expect(JSON.parse(body)).toMatchObject({
          type: 'error',
          error: { type: 'overloaded_error', code: 'gateway_overloaded', message: expect.any(String), param: null },
          request_id: expect.any(String),
        });
      }
    } finally {
      await small.close();
    }
  });

  test('a user’s own composition is served: other resources, a network, a customer key and a secret of another stack', async () => {
    const own = await startLocalRun({
      workingDirectory: ROOT,
      app: `"${process.execPath}" test/local/run/fixtures/composed-app.cjs`,
      port: 0,
      environment: {},
      secrets: { 'team/openai': 'sk-of-the-team' },
      workerFile,
      onNote: (line) => notes.push(line),
    });

    try {
      const answer = await callGateway('POST', `${own.url}/v1/chat/completions`, own.key, {
        model: 'mine',
        max_tokens: 4,
        messages: [{ role: 'user', content: 'hello' }],
      });

      expect(answer).toMatchObject({ status: 200, body: { object: 'chat.completion' } });
      expect(own.stackName).toBe('Product');
      expect(own.functions).toHaveLength(4);
      expect(notes).toEqual([]);
    } finally {
      await own.close();
    }
  });

  test('a gateway for VPCs in a nested stack of a stage is served, its parents’ key and endpoint included', async () => {
    const own = await startLocalRun({
      workingDirectory: ROOT,
      app: `"${process.execPath}" test/local/run/fixtures/nested-app.cjs`,
      port: 0,
      environment: {},
      workerFile,
      onNote: (line) => notes.push(line),
    });

    try {
      const answer = await callGateway('POST', `${own.url}/v1/chat/completions`, own.key, {
        model: 'simulated/simulated-1',
        max_tokens: 4,
        messages: [{ role: 'user', content: 'hello' }],
      });
      await own.settled();

      expect(answer).toMatchObject({ status: 200, body: { object: 'chat.completion' } });
      expect(own.stackName).toBe('Beta-Product');
      expect(own.calls.filter((made) => !made.allowed)).toEqual([]);
      expect(notes).toEqual([]);
    } finally {
      await own.close();
    }
  });

  test('a gateway whose API leads to an alias is served, with its reserved concurrency', async () => {
    const own = await startLocalRun({
      workingDirectory: ROOT,
      app: `"${process.execPath}" test/local/run/fixtures/warm-app.cjs`,
      port: 0,
      environment: {},
      workerFile,
      onNote: (line) => notes.push(line),
    });

    try {
      const answer = await callGateway('POST', `${own.url}/v1/chat/completions`, own.key, {
        model: 'simulated/simulated-1',
        max_tokens: 4,
        messages: [{ role: 'user', content: 'hello' }],
      });

      expect(answer).toMatchObject({ status: 200, body: { object: 'chat.completion' } });
      expect(notes).toEqual([]);
    } finally {
      await own.close();
    }
  });
});
