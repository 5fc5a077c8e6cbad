/** Rows of figures, one for each target. A row's id stays the same whatever its words become. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { retaken } from './measure.mjs';

/**
 * @param columns names of the figures; the last one is what is judged by those before it
 * @param sampling written beside the rows
 */
export function createReport(columns, sampling) {
  const rows = new Map();
  const missing = new Map();
  const judged = columns.at(-1);
  const others = columns.slice(0, -1);

  /**
   * @param goal `{ most }` for the figure itself, with `of` for its ratio to another
   * @param figures by column, and their `spread`
   */
  function row(id, what, unit, goal, { spread, ...figures }) {
    const known = Object.fromEntries(columns.filter((name) => figures[name] !== undefined).map((name) => [name, figures[name]]));
    const ratios = Object.fromEntries(
      others.filter((name) => known[name] !== undefined).map((name) => [name, known[judged] / known[name]]),
    );
    const reached = goal === undefined ? undefined : goal.of === undefined ? known[judged] : ratios[goal.of];
    const isMet = goal === undefined ? undefined : reached <= goal.most;
    const told = Object.entries(ratios).map(([name, ratio]) => `${ratio.toFixed(2)} x ${name}`);
    process.stderr.write(`${id}: ${told.join(', ') || known[judged].toFixed(1)}\n`);
    rows.set(id, { id, what, unit, goal, ...known, ratios, spread, met: isMet });
  }

  /** A part that could not be measured. */
  function miss(part, error) {
    missing.set(part, error.message);
    process.stderr.write(`${part} could not be measured: ${error.stack}\n`);
  }

  function whole() {
    return {
      node: process.version,
      columns,
      ...sampling,
      noise: { retaken: Object.fromEntries(retaken), missing: Object.fromEntries(missing) },
      rows: [...rows.values()],
    };
  }

  function print() {
    console.log(`\nNode ${process.version}\n\n${tableOf(whole()).join('\n')}\n`);
    console.log(noiseOf(whole()).join('\n'));
  }

  function write(file) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(whole(), null, 2)}\n`);
  }

  return { row, miss, print, write, isComplete: () => missing.size === 0 };
}

/** The rows of a results file as a table in Markdown. */
export function tableOf({ columns, rows }) {
  const others = columns.slice(0, -1);
  const number = (value) => (value === undefined ? '' : value.toFixed(value >= 100 || Number.isInteger(value) ? 0 : 1));
  const header = ['what', 'unit', ...columns, ...others.map((name) => `by ${name}`), 'goal', 'spread'];
  const cells = rows.map(({ what, unit, goal, ratios, spread, met, ...figures }) => [
    what,
    unit,
    ...columns.map((name) => number(figures[name])),
    ...others.map((name) => ratios[name]?.toFixed(2) ?? ''),
    goal === undefined ? '' : `<= ${goal.most}${goal.of === undefined ? ` ${unit}` : ` x ${goal.of}`}: ${met ? 'met' : '**missed**'}`,
    spread === undefined ? '' : `${Math.round(spread * 100)} %`,
  ]);
  const ruler = header.map((_name, index) => (index < 2 || index >= header.length - 2 ? '---' : '--:'));
  return [header, ruler, ...cells].map((row) => `| ${row.join(' | ')} |`);
}

function noiseOf({ noise: { retaken: again, missing } }) {
  const counted = Object.entries(again).map(([reason, count]) => `taken again ${count} times: ${reason}`);
  return [...counted, ...Object.entries(missing).map(([part, reason]) => `not measured: ${part}: ${reason}`)];
}
