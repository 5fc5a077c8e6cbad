/**
 * Searches the ledger's protocol in full, then shows that each known mistake would have been found. Exits with 1 when not so.
 *
 * `search.mjs --long` searches the large models, `search.mjs <words of a name>` one of either.
 */
import { explore } from './explore.mjs';
import { LONG_SEARCHES, MISTAKES, SEARCHES } from './searches.mjs';

let failed = false;
let states = 0;

function report({ wrong, trace }, what) {
  failed = true;
  console.error(`${what}: ${wrong}\n  ${trace.join('\n  ')}`);
}

const wanted = process.argv.slice(2).join(' ');
const long = wanted === '--long';
const all = long ? LONG_SEARCHES : wanted === '' ? SEARCHES : [...SEARCHES, ...LONG_SEARCHES].filter(([name]) => name.includes(wanted));
for (const [name, model, options] of all) {
  const found = explore(model(options));
  states += found.states;
  if (found.wrong) report(found, name);
  else console.log(`${name}: ${found.states} states, nothing broken`);
}

let noticed = 0;
for (const [mistakes, model, searches] of wanted === '' ? MISTAKES : []) {
  for (const mistake of mistakes) {
    let found = {};
    for (const options of searches) {
      found = explore(model({ ...options, mistake }));
      if (found.wrong) break;
    }
    if (found.wrong) {
      noticed++;
      console.log(`  noticed: ${mistake} (${found.wrong}, ${found.trace.length} steps)`);
    } else {
      failed = true;
      console.error(`  NOT NOTICED: ${mistake}`);
    }
  }
}
console.log(`${states} states in all, ${noticed} mistakes noticed`);
process.exit(failed ? 1 : 0);
