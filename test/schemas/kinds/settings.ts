import { FIND, HI, type Kind, LOOP } from './kind';
import type { DialectWord } from './said';

const CHAT_AND_RESPONSES: readonly DialectWord[] = ['chat', 'responses'];
const CHAT_AND_MESSAGES: readonly DialectWord[] = ['chat', 'messages'];
const turns = [HI];
const tools = [FIND];
const roomToThink = ({ settings: { cap, thinking } }: Parameters<NonNullable<Kind['wrong']>>[0]): string[] => {
  const { budget_tokens, token_budget, thinkingBudget } = (thinking ?? {}) as Record<string, number | undefined>;
  const budget = budget_tokens ?? token_budget ?? thinkingBudget;
  return cap !== undefined && budget !== undefined && (cap as number) <= budget ? [`a cap of ${cap} for ${budget} of thinking`] : [];
};

/** Settings that some models take and others do not. What each takes is checked by what the catalogue knows of it. */
export const SETTINGS: Readonly<Record<string, Kind>> = {
  'a cap above any model': { said: { turns, cap: 1_000_000 } },
  'a cap of one': { said: { turns, cap: 1 } },
  'no cap': {
    said: { turns },
    dialects: CHAT_AND_RESPONSES,
    wrong: ({ format, settings }) => (format !== 'messages' && settings['cap'] !== undefined ? ['a cap'] : []),
  },
  'an effort without a cap': { said: { turns, effort: 'high' }, dialects: CHAT_AND_RESPONSES, wrong: roomToThink },
  'a budget above the cap that would be put in': { said: { turns, budget: 8_000 }, dialects: ['chat'], wrong: roomToThink },
  'an effort of xhigh': { said: { turns, effort: 'xhigh', cap: 20_000 }, wrong: roomToThink },
  'an effort of max': { said: { turns, effort: 'max', cap: 20_000 }, dialects: CHAT_AND_MESSAGES, wrong: roomToThink },
  'an effort of minimal': { said: { turns, effort: 'minimal', cap: 20_000 }, dialects: CHAT_AND_RESPONSES },
  'an effort of none': { said: { turns, effort: 'none', cap: 20_000 }, dialects: CHAT_AND_RESPONSES },
  'thinking switched off': { said: { turns, budget: 0, cap: 300 }, dialects: CHAT_AND_MESSAGES },
  "Claude Code's budget": { said: { turns, budget: 31_999, cap: 64_000 }, dialects: CHAT_AND_MESSAGES, wrong: roomToThink },
  'the least budget': { said: { turns, budget: 1_024, cap: 2_000 }, dialects: CHAT_AND_MESSAGES, wrong: roomToThink },
  'a budget in a loop whose thoughts are gone': { said: { turns: LOOP, tools, budget: 2_000, cap: 8_000 }, dialects: CHAT_AND_MESSAGES },
  'thinking with tools': { said: { turns, tools, effort: 'high', adaptive: true, cap: 8_000 } },
  'thinking with a tool that must be used': {
    said: { turns, tools, effort: 'high', adaptive: true, choice: 'required', cap: 8_000 },
    refusable: /tool_choice/,
  },
  'temperature and top_p': { said: { turns, temperature: 0.3, topP: 0.8, cap: 300 } },
  'a temperature of 0 and stop sequences': {
    said: { turns, temperature: 0, stop: ['</b>'], cap: 300 },
    dialects: CHAT_AND_MESSAGES,
    refusable: /stop/,
  },
  'many stop sequences': {
    said: { turns, stop: ['a', 'b', 'c', 'd', 'e', 'f'], cap: 300 },
    dialects: CHAT_AND_MESSAGES,
    refusable: /stop/,
  },
  'a temperature of 1.7': { said: { turns, temperature: 1.7, cap: 300 }, dialects: CHAT_AND_RESPONSES },
  top_k: { said: { turns, topK: 7, cap: 300 }, dialects: CHAT_AND_MESSAGES },
  'sampling beside an effort': { said: { turns, temperature: 0.3, topP: 0.9, effort: 'high', cap: 20_000 } },
};
