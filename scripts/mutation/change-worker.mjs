/** Runs tests in the folder that it was started in, as often as it is asked; its parent ends it when a change hangs it. */
import { join } from 'node:path';
import { jestIn, QuickestFirst } from './jest.mjs';

const jest = await jestIn(process.cwd());
const quickest = new QuickestFirst();

async function isNoticed(tests) {
  for (const test of quickest.order(tests)) {
    const ran = await jest(join(process.cwd(), test));
    quickest.took(test, ran.tookMs);
    if (ran.error !== undefined || ran.tests.some(({ status }) => status === 'failed')) return true;
  }
  return false;
}

process.on('message', async ({ tests }) => process.send(await isNoticed(tests)));
