/** Searches the ledger's protocol in full, then shows that each known mistake would have been found. Exits with 1 when not so. */
import { BUDGET_MISTAKES, budgetModel } from './budgets.mjs';
import { explore } from './explore.mjs';
import { REQUEST_MISTAKES, requestModel } from './requests.mjs';

let failed = false;

for (const [name, model, mistakes] of [
  ['requests', requestModel, REQUEST_MISTAKES],
  ['budgets', budgetModel, BUDGET_MISTAKES],
]) {
  const result = explore(model());
  if (result.wrong) {
    failed = true;
    console.error(`${name}: ${result.wrong}\n  ${result.trace.join('\n  ')}`);
  } else console.log(`${name}: ${result.states} states, nothing broken`);

  for (const mistake of mistakes) {
    const found = explore(model(mistake));
    if (found.wrong) console.log(`  noticed: ${mistake} (${found.wrong}, ${found.trace.length} steps)`);
    else {
      failed = true;
      console.error(`  NOT NOTICED: ${mistake}`);
    }
  }
}
process.exit(failed ? 1 : 0);
