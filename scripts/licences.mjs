/**
 * The licence texts of what is inside the bundles. The build writes them to `dist/THIRD-PARTY-LICENSES`, the check of the
 * bundles proves that no package lacks its own.
 *
 * `licences/sources.json` names the text of what brings none along: a package that ships none (one of the same repository, or one
 * written after what its package.json says), and the public lists whose figures are in the price book.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const LICENCES_FILE = 'THIRD-PARTY-LICENSES';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const SOURCES = JSON.parse(readFileSync(join(ROOT, 'scripts/licences/sources.json'), 'utf8'));
const PRICE_LISTS = 'scripts/price-book/lists';
/** Those that ask for nothing but their text. */
const ACCEPTED = ['MIT', 'Apache-2.0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0'];
const TEXT_FILE = /^(licen[cs]e|notice|copying)([.-].*)?$/i;
const HEAVY = '='.repeat(100);
const LIGHT = '-'.repeat(100);

/**
 * @typedef {object} BundledPackage
 * @property {string} name
 * @property {string} version
 * @property {string} licence SPDX id; empty when its package.json names none
 * @property {string} text every licence and notice of the folders that were bundled; empty when there is none
 */

/**
 * Every package that some bundle holds, by the build's own notes.
 *
 * @param {string} dist folder with `meta/*.json`
 * @returns {BundledPackage[]} sorted; the same package in the same version once
 */
export function bundledPackages(dist) {
  const notes = join(dist, 'meta');
  const folders = new Map();
  for (const name of readdirSync(notes)) {
    for (const input of Object.keys(JSON.parse(readFileSync(join(notes, name), 'utf8')).inputs)) {
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0];
      if (folder === undefined) continue;
      const used = folders.get(folder) ?? new Set();
      for (let inner = dirname(input); inner.length >= folder.length; inner = dirname(inner)) used.add(inner);
      folders.set(folder, used);
    }
  }
  const packages = new Map();
  for (const described of [...[...folders].map(([folder, used]) => describe(folder, [...used].sort())), ...priceLists()]) {
    packages.set(label(described), described);
  }
  return [...packages.values()].sort((left, right) => (label(left) < label(right) ? -1 : 1));
}

function describe(folder, used) {
  const file = join(ROOT, folder, 'package.json');
  const { name, version, license } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { name: folder, version: '?' };
  const texts = used.flatMap(textsIn);
  const replacement = SOURCES[name];
  if (texts.length === 0 && replacement !== undefined) texts.push(read(replacement));
  return { name, version, licence: (typeof license === 'string' ? license : license?.type) ?? '', text: texts.join('\n\n') };
}

/** The public lists that the price book was made of. */
function priceLists() {
  return readdirSync(join(ROOT, PRICE_LISTS)).map((file) => {
    const { name, version, license } = JSON.parse(readFileSync(join(ROOT, PRICE_LISTS, file), 'utf8')).source;
    return { name, version, licence: license ?? '', text: SOURCES[name] === undefined ? '' : read(SOURCES[name]) };
  });
}

function textsIn(folder) {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder))
    .filter((name) => TEXT_FILE.test(name) && !/\.[cm]?[jt]s$/.test(name))
    .sort()
    .map((name) => read(`${folder}/${name}`));
}

function read(file) {
  return readFileSync(join(ROOT, file), 'utf8').replaceAll('\r\n', '\n').trim();
}

function label({ name, version, licence }) {
  return `${name} ${version} (${licence})`;
}

/** The shipped file: each text once, under the packages that it belongs to. */
export function licenceDocument(packages) {
  const byText = new Map();
  for (const one of packages) byText.set(one.text, [...(byText.get(one.text) ?? []), label(one)]);
  const parts = [...byText].map(([text, labels]) => `${HEAVY}\n${labels.join('\n')}\n${LIGHT}\n${text}\n`);
  return `The bundles of cdk-llm-gateway hold code, or data, of these packages under these licences.\n\n${parts.join('\n')}`;
}

/**
 * @param {string} dist folder with `meta/*.json` and the shipped file
 * @returns {string[]} what is wrong, one sentence each
 */
export function licenceBreaches(dist) {
  const file = join(dist, LICENCES_FILE);
  const shipped = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return bundledPackages(dist).flatMap((one) => {
    if (!ACCEPTED.includes(one.licence)) return [`${label(one)} is bundled under a licence that is not among ${ACCEPTED.join(', ')}`];
    if (one.text === '') return [`${label(one)} ships no licence text: name one in scripts/licences/sources.json`];
    return holds(shipped, one) ? [] : [`${LICENCES_FILE} lacks the text of ${label(one)}: build again`];
  });
}

function holds(shipped, one) {
  return shipped.split(`${HEAVY}\n`).some((part) => {
    const [head = '', text = ''] = part.split(`\n${LIGHT}\n`);
    return head.split('\n').includes(label(one)) && text.trim() === one.text;
  });
}
