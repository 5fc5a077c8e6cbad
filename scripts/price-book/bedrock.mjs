/**
 * Gives every Bedrock model a price under each profile, where the lists have only some: never cheaper than what AWS asks.
 *
 * @see https://aws.amazon.com/bedrock/pricing/
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
import { dearestRow, maxOutputOf, scaledRow, windowOf } from './rows.mjs';

const COMMERCIAL = ['', 'us', 'eu', 'apac', 'jp', 'au', 'ca', 'in'];
const PROFILE = /^(us|eu|apac|jp|au|ca|in|us-gov|global)\.(.+)$/;
const VENDOR = /^[a-z0-9]+\.[a-z]/;
const REGION = /^([a-z]{2}(?:-gov)?-[a-z]+-\d)\/(.+)$/;
const HOME = new Set(['', 'us']);
/** These cost the same in every commercial Region, and a tenth less by a global profile. */
const SAME_EVERYWHERE = /^(anthropic|openai|xai)\./;
const GLOBAL_TO_REGIONAL_PERCENT = 110;
/** The largest step from the United States to a profile of Europe or Asia among the models that are listed in both (Amazon Nova Micro). */
const ABROAD_PERCENT = 132;
const GOVERNMENT_PERCENT = 120;

/** @param models rows by name; a name may be a profile's (`eu.x`) or begin with a Region (`eu-west-1/x`) */
export function completeProfiles(models) {
  const groups = new Map();
  const complete = {};
  for (const [name, row] of Object.entries(models)) {
    const [, region, rest] = REGION.exec(name) ?? ['', '', name];
    const [, profile, model] = region === '' ? (PROFILE.exec(rest) ?? ['', '', rest]) : ['', '', rest];
    if (!VENDOR.test(model)) {
      complete[name] = row;
      continue;
    }
    const group = groups.get(model) ?? { profiles: {}, regions: {} };
    groups.set(model, group);
    if (region === '') group.profiles[profile] = row;
    else group.regions[region] = row;
  }
  for (const [model, group] of groups) {
    const limits = limitsOf(group);
    for (const [profile, row] of Object.entries(profilesOf(model, group))) {
      complete[profile === '' ? model : `${profile}.${model}`] = { ...row, ...limits };
    }
    for (const [region, row] of Object.entries(group.regions)) complete[`${region}/${model}`] = { ...row, ...limits };
  }
  return complete;
}

/** One model has one window and one longest answer, wherever it is called. */
function limitsOf({ profiles, regions }) {
  const rows = [...Object.values(profiles), ...Object.values(regions)];
  return { ...windowOf(...rows), ...maxOutputOf(...rows) };
}

function profilesOf(model, { profiles, regions }) {
  const listed = { ...profiles };
  const regional = COMMERCIAL.filter((name) => listed[name] !== undefined).map((name) => listed[name]);
  if (listed[''] !== undefined && listed.us !== undefined) listed[''] = dearestRow([listed[''], listed.us]);
  const home = listed[''] ?? listed.us ?? (regional.length > 0 ? dearestRow(regional) : undefined) ?? regionalOf(listed, regions);
  const complete = { ...listed };
  for (const name of COMMERCIAL) complete[name] ??= HOME.has(name) ? home : abroad(model, home, listed, regions);
  complete['us-gov'] ??= government(listed, regions, home);
  complete.global ??= dearestRow(COMMERCIAL.map((name) => complete[name]));
  return complete;
}

function regionalOf({ global, 'us-gov': government }, regions) {
  if (global !== undefined) return scaledRow(global, GLOBAL_TO_REGIONAL_PERCENT);
  return dearestRow([...Object.values(regions), ...(government === undefined ? [] : [government])]);
}

function abroad(model, home, listed, regions) {
  if (SAME_EVERYWHERE.test(model)) return dearestRow([home, ...COMMERCIAL.flatMap((name) => listed[name] ?? [])]);
  const known = [
    ...COMMERCIAL.filter((name) => !HOME.has(name)).flatMap((name) => listed[name] ?? []),
    ...Object.entries(regions).flatMap(([region, row]) => (region.startsWith('us-') ? [] : [row])),
  ];
  return known.length === 0 ? scaledRow(home, ABROAD_PERCENT) : dearestRow([home, ...known]);
}

function government(listed, regions, home) {
  const known = Object.entries(regions).flatMap(([region, row]) => (region.startsWith('us-gov-') ? [row] : []));
  return known.length > 0 ? dearestRow(known) : scaledRow(listed.global ?? home, GOVERNMENT_PERCENT);
}
