/** Facts of the list's rows by maker's name: what a maker says, and what a host says beyond that. */
import { makersName } from './makers-name.mjs';

/** Who says first what holds for a model of a name. Models of other names have no maker here, each host speaks for itself. */
const MAKERS = [
  [/^claude-/, 'anthropic'],
  [/^(?:gpt-(?!oss)|chatgpt-|chat-latest$|o\d)/, 'openai'],
  [/^gemini-/, 'google-ai-studio'],
  [/^nova-/, 'bedrock'],
  [/^(?:mistral|ministral|codestral|devstral|magistral|pixtral|voxtral)-/, 'mistral'],
  [/^deepseek-/, 'deepseek'],
  [/^grok-/, 'xai'],
  [/^command/, 'cohere'],
];
/** Of a place, not of a model. */
const LOCAL = ['endOfLife', 'calledBy'];

/** @returns facts by maker's name, and by host and maker's name what differs from them */
export function listedFacts(hosts) {
  const named = Object.fromEntries(Object.entries(hosts).map(([host, models]) => [host, byMakersName(models)]));
  const makers = {};
  for (const [host, models] of Object.entries(named)) {
    for (const [name, facts] of Object.entries(models)) {
      if (MAKERS.find(([pattern]) => pattern.test(name))?.[1] === host) put(makers, name, without(facts, LOCAL));
    }
  }
  const byHost = {};
  for (const [host, models] of Object.entries(named)) {
    const own = {};
    for (const [name, facts] of Object.entries(models)) put(own, name, difference(facts, makers[name] ?? {}));
    if (Object.keys(own).length > 0) byHost[host] = own;
  }
  return { makers, byHost };
}

/** Lines of one list: names with the same facts share one. */
export function linesOf(models) {
  const names = new Map();
  for (const name of Object.keys(models).sort()) {
    const facts = written(models[name]);
    names.set(facts, [...(names.get(facts) ?? []), name]);
  }
  return [...names].map(([facts, all]) => `${all.join(' ')} | ${facts}`);
}

function written(facts) {
  return Object.entries(facts)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) =>
      value === true ? name : value === false ? `-${name}` : `${name}=${Array.isArray(value) ? value.join(',') : value}`,
    )
    .join(' ');
}

/** A name that several rows bear: the plain name's own row goes before its snapshots, the last of these before the others. */
function byMakersName(models) {
  const found = {};
  for (const key of Object.keys(models).sort((left, right) => right.length - left.length || (left < right ? -1 : 1))) {
    const { facts } = models[key];
    if (facts === undefined) continue;
    const name = makersName(key);
    found[name] = { ...found[name], ...facts };
  }
  return found;
}

function put(into, name, facts) {
  if (Object.keys(facts).length > 0) into[name] = facts;
}

function without(facts, names) {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !names.includes(name)));
}

function difference(facts, base) {
  return Object.fromEntries(Object.entries(facts).filter(([name, value]) => JSON.stringify(base[name]) !== JSON.stringify(value)));
}
