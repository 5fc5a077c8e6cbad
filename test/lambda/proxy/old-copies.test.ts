/**
 * A key's row carries copies of the levels above it, as they were when the key was last written. What an administrator changes of a level
 * afterwards binds the next request of every process all the same, one that has never seen these levels included.
 */
import { createIdentityStore } from '../../../lambda/aws/dynamodb';
import { hashSecret, type KeyRecord, type LevelRecord } from '../../../lambda/identity';
import { generateKey } from '../../../lambda/identity/virtual-key';
import { createPriceBook } from '../../../lambda/money/pricing';
import { compatible, PEPPER, startGateway, type TestGateway } from '../../support/gateway';
import { createMemoryDynamoDb, TABLE_NAMES } from '../../support/memory-dynamodb';
import { bookOf } from '../../support/prices';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

const STAMP = { status: 'active' as const, generation: 1, createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
const BODY = { model: 'up/m', max_tokens: 20, messages: [{ role: 'user', content: 'hello' }] };
const ANSWER = {
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
};
const month = (limit: string) => [{ limit_usd: limit, period: 'month' as const }];

let upstream: Upstream;
const open: TestGateway[] = [];

beforeEach(async () => {
  upstream = await startUpstream();
  upstream.script(jsonReply(ANSWER));
});

afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close();
  await upstream.close();
});

async function place(kind: 'team' | 'project' | 'user', fields: Partial<LevelRecord>) {
  const table = createMemoryDynamoDb();
  const identity = createIdentityStore(table, TABLE_NAMES.identity);
  const row = { id: `${kind}1`, ...STAMP, ...fields } as LevelRecord;
  await identity.create(kind, row as never);
  const { keyId, secret, text, lastFour } = generateKey();
  await identity.create('key', {
    ...{ id: keyId, ...STAMP, role: 'caller', lastFour, [`${kind}Id`]: row.id, above: { [kind]: row } },
    hashes: [{ pepperVersion: 1, hmac: hashSecret(PEPPER, keyId, secret) }],
  } as unknown as KeyRecord);
  const start = async () => {
    const gateway = await startGateway({
      dynamodb: table,
      document: { providers: [compatible('up', upstream.origin, { free: false })] },
      priceBook: createPriceBook(bookOf(['openai-compatible'], 'm || input=1 output=2')),
    });
    open.push(gateway);
    const headers = { authorization: `Bearer ${text}` };
    return {
      ask: (body: object = BODY) => gateway.call('/v1/chat/completions', body, headers),
      models: () => gateway.send('GET', '/v1/models', headers),
      me: () => gateway.send('GET', '/v1/me', headers),
    };
  };
  let { generation } = row;
  const change = async (changes: Partial<LevelRecord>) => {
    const before = (await identity.get(kind, row.id, { consistent: true })) as LevelRecord;
    await identity.replace(kind, { ...before, ...changes, generation: ++generation } as never, before.generation);
  };
  return { start, change };
}

describe.each(['team', 'project', 'user'] as const)('a %s of which a key carries an old copy', (kind) => {
  test('that is blocked is shut for a process that has served it and for one that is new', async () => {
    const { start, change } = await place(kind, {});
    const served = await start();
    expect((await served.ask()).status).toBe(200);

    await change({ status: 'blocked' });

    const fresh = await start();
    for (const process of [served, fresh]) expect((await process.ask()).status).toBe(403);
    expect(upstream.requests).toHaveLength(1);
    await change({ status: 'active' });
    for (const process of [served, fresh, await start()]) expect((await process.ask()).status).toBe(200);
  });

  test('whose budget is lowered or raised binds by the new one', async () => {
    const { start, change } = await place(kind, { budgets: month('1.00') });
    const served = await start();
    expect((await served.ask()).status).toBe(200);

    await change({ budgets: month('0.000000001') });
    const fresh = await start();
    for (const process of [served, fresh]) expect((await process.ask()).status).toBe(402);

    await change({ budgets: month('2.00') });
    for (const process of [served, fresh, await start()]) expect((await process.ask()).status).toBe(200);
  });

  test('whose models change lets pass and shows what it may now', async () => {
    const { start, change } = await place(kind, { models: ['other/*'] });
    const served = await start();
    expect((await served.ask()).status).toBe(403);

    await change({ models: ['up/*'] });

    const fresh = await start();
    for (const process of [served, fresh]) expect((await process.ask()).status).toBe(200);
    await change({ models: ['other/*'] });
    for (const process of [served, fresh, await start()]) expect((await process.ask()).status).toBe(403);
  });

  test('is shown with its budget as that is', async () => {
    const { start, change } = await place(kind, { budgets: month('1.00') });
    await change({ budgets: month('5.00') });

    const { status, text } = await (await start()).me();

    expect(status).toBe(200);
    expect(text).not.toContain('"1.00"');
  });
});
