/** Rows as the lines of the price book; `lambda/money/pricing/book-line.ts` reads them. */
import { decimal, stepsOf } from './amounts.mjs';
import { CLASSES } from './classes.mjs';

/** Lines of one kind: names with the same row share one. */
export function linesOf(models) {
  const names = new Map();
  for (const name of Object.keys(models).sort()) {
    const body = bodyOf(models[name]);
    names.set(body, [...(names.get(body) ?? []), name]);
  }
  return [...names].map(([body, all]) => `${all.join(' ')} |${body}`);
}

function bodyOf({ window, maxOutput, tiers, regional, free, prices }) {
  const facts = [
    ...(window === undefined ? [] : [`window=${window}`]),
    ...(maxOutput === undefined ? [] : [`maxOutput=${maxOutput}`]),
    ...(regional === undefined ? [] : [`regional=${regional}`]),
    ...(free === true ? ['free=yes'] : []),
    ...(tiers === undefined
      ? []
      : Object.keys(tiers).length === 0
        ? ['tiers=none']
        : Object.keys(tiers)
            .sort()
            .map((name) => `tier:${name}=${tiers[name]}`)),
  ];
  return [facts, ...prices.map(fieldsOf)].map((fields) => fields.map((field) => ` ${field}`).join('')).join(' |');
}

function fieldsOf(set) {
  const { from, hours, days, calls } = set;
  return [
    ...(from === undefined ? [] : [`from=${from}`]),
    ...(hours === undefined ? [] : [`hours=${hours.join('-')}`]),
    ...(days === undefined ? [] : [`days=${days.join('')}`]),
    ...CLASSES.flatMap((name) => (set[name] === undefined ? [] : [`${name}=${amount(set[name])}`])),
    ...Object.entries(calls ?? {}).map(([name, nano]) => `call:${name}=${decimal(nano)}`),
  ];
}

function amount(rate) {
  if (typeof rate === 'number') return decimal(rate);
  return [decimal(rate[0]), ...stepsOf(rate).map(([above, price]) => `${above}:${decimal(price)}`)].join(',');
}
