/**
 * The figures of docs/guardrails-accuracy.md. Without options it prints them.
 *
 *   --presidio PYTHON   compares with the recognisers of Presidio; PYTHON has `pip install presidio-analyzer`. It is kept in scripts/guardrails/presidio.json
 *   --write             puts the figures into the page, between their marks
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { withBlocks } from './page-blocks.mjs';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/guardrails-accuracy.md');
const kept = join(root, 'scripts/guardrails/presidio.json');
const ATTACKS = 4_000;
/** Scores from which findings may count: of each type the one that serves Presidio best. */
const THRESHOLDS = [0, 0.3, 0.4, 0.5, 0.8, 1];
const { values: options } = parseArgs({ options: { presidio: { type: 'string' }, write: { type: 'boolean', default: false } } });

const { attackFigures, ATTACK_THRESHOLD, CORPUS_TEXTS, corpus, countOf, measure } = await figures();
const texts = corpus(CORPUS_TEXTS);
if (options.presidio !== undefined) writeFileSync(kept, `${JSON.stringify(compared(options.presidio), null, 2)}\n`);
const tables = { types: typesTable(), attacks: attacksTable() };
if (options.write) writeFileSync(page, withBlocks(readFileSync(page, 'utf8'), tables));
else for (const lines of Object.values(tables)) console.log(`\n${lines.join('\n')}`);

async function figures() {
  const folder = mkdtempSync(join(tmpdir(), 'guardrails-'));
  try {
    const outfile = join(folder, 'figures.mjs');
    await build({
      entryPoints: [join(root, 'scripts/guardrails/figures.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What Presidio finds in the same texts. */
function compared(python) {
  const version = execFileSync(python, ['-c', 'import importlib.metadata as m; print(m.version("presidio-analyzer"))'], {
    encoding: 'utf8',
  }).trim();
  const input = texts.map(({ text, locale }) => JSON.stringify({ text, locale })).join('\n');
  const { stdout, status, stderr } = spawnSync(python, [join(root, 'scripts/guardrails/presidio.py')], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(stderr);
  const found = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const byText = new Map(texts.map((text, index) => [text, found[index]]));
  const types = Object.keys(found[0]);
  return { version, types: Object.fromEntries(types.map((type) => [type, best(byText, type)])) };
}

function best(byText, type) {
  const counts = THRESHOLDS.map((threshold) =>
    countOf(texts, type, (text) =>
      byText
        .get(text)
        [type].filter(([, , score]) => score >= threshold)
        .map(([start, end]) => ({ start, end })),
    ),
  );
  return counts.reduce((one, other) => (harmonic(other) > harmonic(one) ? other : one));
}

function harmonic({ found, wrong, missed }) {
  return found === 0 ? 0 : (2 * found) / (2 * found + wrong + missed);
}

function typesTable() {
  const others = JSON.parse(readFileSync(kept, 'utf8'));
  const rows = [...measure(texts)].map(([type, count]) => {
    const other = others.types[type];
    const theirs = other === undefined ? '| | |' : `| ${precision(other)} | ${recall(other)} |`;
    return `| \`${type}\` | ${count.found + count.missed} | ${precision(count)} | ${recall(count)} ${theirs}`;
  });
  return [
    `| type | in the corpus | precision | recall | Presidio ${others.version}: precision | recall |`,
    '|---|---|---|---|---|---|',
    ...rows,
  ];
}

function attacksTable() {
  const { precision: right, recall: all, kinds } = attackFigures(ATTACKS);
  return [
    `Of ${ATTACKS} calls, with a threshold of ${ATTACK_THRESHOLD}: precision ${percent(right)}, recall ${percent(all)}.`,
    '',
    '| kind of attack | calls | found |',
    '|---|---|---|',
    ...[...kinds].sort().map(([kind, count]) => `| ${kind} | ${count.all} | ${percent(count.found / count.all)} |`),
  ];
}

function precision({ found, wrong }) {
  return found + wrong === 0 ? '' : percent(found / (found + wrong));
}

function recall({ found, missed }) {
  return percent(found / (found + missed));
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}
