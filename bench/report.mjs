/** Rows of two figures and their ratio, the second by the first. A row's id stays the same whatever its words become. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** @param columns names of the two figures */
export function createReport(columns) {
  const rows = [];
  const [left, right] = columns;

  /** @param goal the most that the ratio may be */
  function row(id, what, unit, goal, first, second) {
    if (rows.some((other) => other.id === id)) throw new Error(`two rows have the id ${id}`);
    const ratio = first === undefined ? undefined : second / first;
    process.stderr.write(`${id} ${ratio?.toFixed(3) ?? second.toFixed(1)}\n`);
    rows.push({ id, what, unit, goal, [left]: first, [right]: second, ratio });
  }

  function print(sampling) {
    const number = (value) => (value === undefined ? '' : value.toFixed(value >= 100 ? 0 : 1));
    console.log(`\nNode ${process.version}; CPU and memory: the least of ${sampling.slices} slices of ${sampling.sliceMs} ms\n`);
    console.log(`| what | unit | ${left} | ${right} | ratio | goal |\n|---|---|--:|--:|--:|--:|`);
    for (const { what, unit, goal, ratio, [left]: first, [right]: second } of rows) {
      const cells = [what, unit, number(first), number(second), ratio?.toFixed(2) ?? '', goal === undefined ? '' : `<= ${goal}`];
      console.log(`| ${cells.join(' | ')} |`);
    }
  }

  function write(file, sampling) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ node: process.version, columns, ...sampling, rows }, null, 2)}\n`);
  }

  return { row, print, write };
}
