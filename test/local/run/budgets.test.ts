/** Budgets that change under calls, through the whole gateway. Needs the bundles that `npm run build` makes. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { callGateway } from '../../../local/first-key';
import { type LocalRun, startLocalRun } from '../../../local/run';
import { buildWorkerFile } from './support/worker-file';

const ROOT = join(__dirname, '../../..');
const built = ['dist/lib/index.js', 'dist/lambda/proxy/index.mjs'].every((file) => existsSync(join(ROOT, file)));
if (!built) console.warn('the bundles are missing: run "npm run build" to run these tests');

// Processes and threads start slowly on a busy machine.
jest.setTimeout(120_000);

const CHAT = { model: 'simulated/simulated-1', max_tokens: 20, messages: [{ role: 'user', content: 'hello' }] };

interface BudgetState {
  readonly spent_usd: string;
  readonly limit_usd: string;
}

(built ? describe : describe.skip)('budgets that change', () => {
  let run: LocalRun;
  beforeAll(async () => {
    run = await startLocalRun({ workingDirectory: ROOT, port: 0, environment: {}, workerFile: await buildWorkerFile(), onNote: () => {} });
  });
  afterAll(() => run.close());

  async function makeKey(): Promise<{ readonly id: string; readonly key: string }> {
    const { body } = await callGateway('POST', `${run.url}/admin/v1/keys`, run.adminKey, { name: 'budgets' });
    return body as unknown as { id: string; key: string };
  }

  async function patch(id: string, fields: object): Promise<void> {
    const { status } = await callGateway('PATCH', `${run.url}/admin/v1/keys/${id}`, run.adminKey, fields as never);
    expect(status).toBe(200);
  }

  async function state(id: string): Promise<BudgetState | undefined> {
    const { body } = await callGateway('GET', `${run.url}/admin/v1/keys/${id}/budgets`, run.adminKey);
    return (body as unknown as { data: BudgetState[] }).data[0];
  }

  const call = (key: string) => callGateway('POST', `${run.url}/v1/chat/completions`, key, CHAT);

  test('R13 money-03-readd-budget: a budget that is put back knows what was spent meanwhile', async () => {
    const { id, key } = await makeKey();
    const month = [{ limit_usd: '1.00', period: 'month' }];
    await patch(id, { budgets: month });
    expect((await call(key)).status).toBe(200);
    const one = await spentOnceSettled(id, 0n);

    await patch(id, { budgets: [] });
    for (let index = 0; index < 3; index += 1) expect((await call(key)).status).toBe(200);
    await patch(id, { budgets: month });
    expect((await call(key)).status).toBe(200);

    expect(await spentOnceSettled(id, 4n * one)).toBe(5n * one);
    expect((await callGateway('GET', `${run.url}/admin/v1/keys/${id}`, run.adminKey)).body).not.toHaveProperty('removedBudgets');
  });

  test('R13 a budget that is put back after nine other changes knows what was spent meanwhile', async () => {
    const { id, key } = await makeKey();
    const month = [{ limit_usd: '1.00', period: 'month' }];
    await patch(id, { budgets: month });
    expect((await call(key)).status).toBe(200);
    const one = await spentOnceSettled(id, 0n);
    for (let other = 0; other < 9; other += 1) await patch(id, { budgets: [{ ...month[0], model: `simulated/x${other}` }] });
    await patch(id, { budgets: [] });
    for (let index = 0; index < 3; index += 1) expect((await call(key)).status).toBe(200);

    await patch(id, { budgets: month });
    expect((await call(key)).status).toBe(200);

    // What is not added up yet is charged two and ten seconds later.
    expect(await spentOnceSettled(id, 5n * one - 1n, 400)).toBe(5n * one);
    expect((await callGateway('GET', `${run.url}/admin/v1/keys/${id}`, run.adminKey)).body).not.toHaveProperty('restarts');
  });

  test('R13 a budget that is narrowed to a model in its period, for the first time, knows what was spent on it', async () => {
    const measured = await makeKey();
    await patch(measured.id, { budgets: [{ limit_usd: '1.00', period: 'month' }] });
    expect((await call(measured.key)).status).toBe(200);
    const one = await spentOnceSettled(measured.id, 0n);
    const { id, key } = await makeKey();
    for (let index = 0; index < 3; index += 1) expect((await call(key)).status).toBe(200);

    await patch(id, { budgets: [{ limit_usd: '1.00', period: 'month', model: 'simulated/*' }] });
    expect((await call(key)).status).toBe(200);

    // What is not added up yet is charged two and ten seconds later.
    expect(await spentOnceSettled(id, 4n * one - 1n, 400)).toBe(4n * one);
    await patch(id, { budgets: [{ limit_usd: '1.00', period: 'month', model: 'simulated-1' }] });
    expect((await call(key)).status).toBe(200);
    expect(await spentOnceSettled(id, 5n * one - 1n, 400)).toBe(5n * one);
  });

  test('R13 the first budget of a used key shows what was spent before it, to its administrator and to itself, before its next call', async () => {
    const measured = await makeKey();
    await patch(measured.id, { budgets: [{ limit_usd: '1.00', period: 'month' }] });
    expect((await call(measured.key)).status).toBe(200);
    const one = await spentOnceSettled(measured.id, 0n);
    const { id, key } = await makeKey();
    for (let index = 0; index < 2; index += 1) expect((await call(key)).status).toBe(200);

    await patch(id, { budgets: [{ limit_usd: '1.00', period: 'lifetime' }] });

    // Calls are added up some seconds after their answers.
    expect(await spentOnceSettled(id, 2n * one - 1n, 400)).toBe(2n * one);
    const me = (await callGateway('GET', `${run.url}/v1/me`, key)).body as unknown as { budgets: (BudgetState & { scope: string })[] };
    expect(me.budgets.filter(({ scope }) => scope === 'key')).toMatchObject([{ spent_usd: (await state(id))?.spent_usd }]);
  });

  test('R13 money-13-raise-refused: a raised budget holds from the next request on', async () => {
    const { id, key } = await makeKey();
    await patch(id, { budgets: [{ limit_usd: '1.00', period: 'month' }] });
    expect((await call(key)).status).toBe(200);
    await patch(id, { budgets: [{ limit_usd: '0.000000001', period: 'month' }] });
    expect((await callGateway('GET', `${run.url}/v1/me`, key)).status).toBe(200);
    expect((await call(key)).status).toBe(402);
    expect((await call(key)).status).toBe(402);

    await patch(id, { budgets: [{ limit_usd: '5.00', period: 'month' }] });

    expect((await call(key)).status).toBe(200);
  });

  test('R13 money-14-lifetime-budget-503: the first budget of a key that was used before is admitted at once', async () => {
    const { id, key } = await makeKey();
    expect((await call(key)).status).toBe(200);

    await patch(id, { budgets: [{ limit_usd: '1.00', period: 'lifetime' }] });

    for (let index = 0; index < 3; index += 1) expect((await call(key)).status).toBe(200);
  });

  /** Nano-USD on the budget once nothing more comes: a settlement follows its answer. */
  async function spentOnceSettled(id: string, moreThan: bigint, mostTries = 100): Promise<bigint> {
    for (let tries = 0; ; tries += 1) {
      const text = (await state(id))?.spent_usd ?? '0';
      const [whole = '0', fraction = ''] = text.split('.');
      const spent = BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
      if (spent > moreThan || tries > mostTries) return spent;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});
