/**
 * Coding agents behind a route of several accounts, simulated: how much of what they send stands in the cache of the account that gets it.
 * Each turn sends the whole conversation again; an account keeps what it saw, and a turn finds there what the same account saw last of it.
 * Usage: agents.mjs, which answers the shares.
 */
import { conversationOf, orderOf, type RoutingFacts, type Target } from '../lambda/routing';
import { anthropicMessages } from '../lambda/wire/dialects/anthropic-messages';

const ACCOUNTS = 4;
const AGENTS = 400;
const TURNS = 25;
const SYSTEM_CHARACTERS = 40_000;
const TURN_CHARACTERS = 3_000;

const TARGETS = Array.from({ length: ACCOUNTS }, (_, index) => ({
  name: `account-${index}/claude-sonnet-4-5`,
  key: `account-${index}/claude-sonnet-4-5`,
  model: 'claude-sonnet-4-5',
  provider: { id: `account-${index}` },
})) as unknown as readonly Target[];
const SYSTEM = 'You are an agent that writes code. '.repeat(SYSTEM_CHARACTERS / 35);

/** A turn as Claude Code sends it: a line for the bill that differs each time, the same instructions, all turns so far. */
function bodyOf(agent: number, turns: number) {
  const billing = { type: 'text', text: `x-anthropic-billing-header: cch=${agent}-${turns}` };
  const messages = Array.from({ length: 2 * turns + 1 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: [{ type: 'text', text: `${agent} says ${index}: ${'code '.repeat(TURN_CHARACTERS / 5)}` }],
  }));
  return { model: 'smart', system: [billing, { type: 'text', text: SYSTEM }], messages };
}

/** The share of the prompts' characters that the account which got them had seen before. */
function readFromCache(affinity: boolean): number {
  const seen = new Map<string, number>();
  let [all, cached] = [0, 0];
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (let agent = 0; agent < AGENTS; agent += 1) {
      const body = bodyOf(agent, turn);
      const facts: RoutingFacts = {
        prices: new Map(),
        conversation: affinity ? conversationOf(anthropicMessages.opening?.(body) ?? []) : undefined,
        inputTokens: () => 0,
        outputTokens: () => 0,
        factsOf: () => ({ healthy: true, inFlight: 0 }),
        random: Math.random,
      };
      const target = orderOf('weighted', TARGETS, facts)[0]?.name;
      const length = SYSTEM_CHARACTERS + body.messages.length * TURN_CHARACTERS;
      const place = `${target} ${agent}`;
      all += length;
      // Every agent's instructions are the same, so an account has them from its first agent on.
      cached += seen.get(place) ?? (seen.has(`${target}`) ? SYSTEM_CHARACTERS : 0);
      seen.set(place, length);
      seen.set(`${target}`, SYSTEM_CHARACTERS);
    }
  }
  return cached / all;
}

process.send?.({ byChance: readFromCache(false), byAffinity: readFromCache(true) });
process.on('message', () => undefined);
