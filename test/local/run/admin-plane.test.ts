/** How the admin plane is guarded, on the synthesized template. Needs the bundles that `npm run build` makes. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { callGateway } from '../../../local/first-key';
import { type LocalRun, startLocalRun } from '../../../local/run';
import { buildWorkerFile } from './support/worker-file';

const ROOT = join(__dirname, '../../..');
const built = ['dist/lib/index.js', 'dist/lambda/proxy/index.mjs'].every((file) => existsSync(join(ROOT, file)));
if (!built) console.warn('the bundles are missing: run "npm run build" to run these tests');

// Processes and threads start slowly on a busy machine.
jest.setTimeout(60_000);

async function serve(fixture: string): Promise<LocalRun> {
  return startLocalRun({
    workingDirectory: ROOT,
    app: `"${process.execPath}" test/local/run/fixtures/${fixture}`,
    port: 0,
    environment: {},
    workerFile: await buildWorkerFile(),
    onNote: () => {},
  });
}

(built ? describe : describe.skip)('the admin plane', () => {
  test('R09 has a throttle of its own, which calls of models do not feel', async () => {
    const run = await serve('guarded-app.cjs');
    const chat = { model: 'simulated/simulated-1', max_tokens: 2, messages: [{ role: 'user', content: 'hello' }] };

    try {
      const reads = [];
      for (let index = 0; index < 5; index += 1) reads.push(await callGateway('GET', `${run.url}/admin/v1/keys`, run.adminKey));
      const write = await callGateway('POST', `${run.url}/admin/v1/teams`, run.adminKey, { id: 'a', name: 'A' });
      const calls = [];
      for (let index = 0; index < 5; index += 1) calls.push(await callGateway('POST', `${run.url}/v1/chat/completions`, run.key, chat));

      expect(reads.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
      expect(reads[4]?.body).toMatchObject({
        type: 'error',
        error: { type: 'rate_limit_error', code: 'rate_limit_exceeded', param: null },
      });
      expect(write.status).toBe(201);
      expect(calls.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    } finally {
      await run.close();
    }
  });
});
