import { blank, call, called, FIND, HI, type Kind, LOOP, lost, moved, result, says, user } from './kind';
import type { SaidTurn } from './said';

const PDF = 'JVBERi0xLjQKMSAwIG9iago8PC9UeXBlL0NhdGFsb2c+PgplbmRvYmoKdHJhaWxlcjw8L1Jvb3QgMSAwIFI+Pg==';
const BILLING = 'x-anthropic-billing-header: cc_version=2.1.177.01c; cc_entrypoint=cli; cch=1a2b3;';
const CLAUDES_ID = 'toolu_01AbCdEfGhIjKlMnOpQrStUv';
const BEDROCKS_ID = 'tooluse_kZJMlvQmRJ6eAyJE5GIl7Q';
const KIMIS_ID = 'functions.find:0';
const LONG_ID = `call_${'x'.repeat(90)}`;
const tools = [FIND];
const system = (text: string): SaidTurn => ({ role: 'system', texts: [text] });
const assistant = (...texts: string[]): SaidTurn => ({ role: 'assistant', texts });
const loopOf = (id: string, args?: string): readonly SaidTurn[] => [HI, called(call(id, 'find', args)), result(id)];

/** Conversations as clients write them after some turns. */
export const HISTORIES: Readonly<Record<string, Kind>> = {
  'a greeting before the first turn': {
    said: { turns: [assistant('Welcome'), HI] },
    wrong: (left) => lost(left, 'Welcome', 'museum'),
  },
  'a call before the first turn': {
    said: { turns: [called(call('call_a')), result('call_a'), HI], tools },
    wrong: (left) => lost(left, 'Bergen'),
  },
  'instructions alone': {
    said: { turns: [system('Greet the visitor')] },
    wrong: (left) => lost(left, 'Greet the visitor'),
    dialects: ['chat', 'responses'],
  },
  'two instructions alone': {
    said: { turns: [system('Be kind'), system('Greet')] },
    wrong: (left) => lost(left, 'Be kind', 'Greet'),
    dialects: ['chat', 'responses'],
  },
  'arguments that break off': {
    said: { turns: [...loopOf('call_a', '{"city": "Ber'), user('Again')], tools },
    wrong: (left) => lost(left, 'Again', 'Ber'),
  },
  'arguments that are two objects': { said: { turns: loopOf('call_a', '{"c":1}{"c":2}'), tools } },
  'arguments that are a list': { said: { turns: loopOf('call_a', '["Oslo"]'), tools }, wrong: (left) => lost(left, 'Oslo') },
  'arguments that are a text': { said: { turns: loopOf('call_a', '"Oslo"'), tools }, wrong: (left) => lost(left, 'Oslo') },
  'no arguments': { said: { turns: loopOf('call_a', ''), tools } },
  'arguments of one of two calls that are no JSON': {
    said: {
      turns: [
        HI,
        { role: 'assistant', texts: ['I look.'], calls: [call('call_a'), call('call_b', 'find', 'city=Oslo')] },
        result('call_a', 'one'),
        result('call_b', 'two'),
      ],
      tools,
    },
    wrong: (left) => lost(left, 'one', 'two', 'I look.', 'city=Oslo'),
  },
  "Claude Code's line for the bill": {
    said: { turns: [{ role: 'system', texts: [BILLING, 'You are.'] }, HI] },
    wrong: (left, target) => (/^anthropic\//.test(target) ? [] : [...says(left, 'x-anthropic-billing'), ...lost(left, 'You are.')]),
  },
  'a blank answer': { said: { turns: [HI, assistant('\n\n'), user('Go')] }, wrong: (left) => [...blank(left), ...lost(left, 'Go')] },
  'white space beside a call': {
    said: { turns: [HI, { role: 'assistant', texts: ['\n\n'], calls: [call('call_a')] }, result('call_a')], tools },
    wrong: (left) => [...blank(left), ...lost(left, 'Bergen')],
  },
  'blank texts of everybody': {
    said: { turns: [system(''), user(''), user('x1'), assistant(' ', 'Yes'), user('\n', 'x2')] },
    wrong: (left) => [...blank(left), ...lost(left, 'x1', 'Yes', 'x2')],
  },
  'a result of nothing': { said: { turns: [HI, called(call('call_a')), result('call_a', ''), user('Go')], tools }, wrong: blank },
  'a failure of nothing': {
    said: { turns: [HI, called(call('call_a')), { role: 'tool', results: [{ id: 'call_a', texts: [''], failed: true }] }], tools },
    dialects: ['messages'],
    wrong: blank,
  },
  'instructions between turns': {
    said: { turns: [system('S1'), HI, system('Mid'), assistant('Ok'), user('Go')] },
    wrong: (left) => [...lost(left, 'S1', 'Mid', 'Ok', 'Go'), ...moved(left, 'Mid')],
  },
  'instructions last': {
    said: { turns: [HI, assistant('Ok'), user('Go'), system('Late')] },
    wrong: (left) => [...lost(left, 'Late'), ...moved(left, 'Late')],
  },
  'instructions behind a result': {
    said: { turns: [...LOOP, system('Late')], tools },
    wrong: (left) => [...lost(left, 'Late', 'Bergen'), ...moved(left, 'Late')],
  },
  'instructions between a call and its result': {
    said: { turns: [HI, called(call('call_a')), system('Mid'), result('call_a')], tools },
    dialects: ['chat', 'responses'],
    wrong: (left) => [...lost(left, 'Mid', 'Bergen'), ...moved(left, 'Mid')],
  },
  "an id of Claude's": { said: { turns: loopOf(CLAUDES_ID), tools } },
  "an id of Bedrock's": { said: { turns: loopOf(BEDROCKS_ID), tools } },
  "an id of Kimi's": {
    said: { turns: loopOf(KIMIS_ID), tools },
    // Converse takes no dots and colons.
    wrong: ({ turns, format }, target) =>
      /kimi/i.test(target) && format !== 'converse' && !turns.some(({ calls }) => calls.some(({ id }) => id === KIMIS_ID))
        ? ['the id']
        : [],
  },
  'a long id': { said: { turns: loopOf(LONG_ID), tools } },
  'ids that begin anew each turn': {
    said: { turns: [...LOOP, assistant('There.'), user('And?'), called(call('call_a')), result('call_a', 'Oslo')], tools },
    wrong: (left) => lost(left, 'Bergen', 'Oslo', 'And?'),
  },
  'a history of tools without tools': {
    said: { turns: [...LOOP, assistant('ok'), user('Summarize')], cap: 300 },
    wrong: (left) => lost(left, 'Bergen', 'Summarize'),
  },
  'a history of tools that may not be used': {
    said: { turns: LOOP, tools, choice: 'none', cap: 300 },
    wrong: ({ forced }) => (forced ? ['forced'] : []),
  },
  'a history of other tools': { said: { turns: LOOP, tools: [{ name: 'other' }], cap: 300 } },
  'a call that was broken off': {
    said: { turns: [HI, called(call('call_a')), user('Never mind')], tools },
    wrong: (left) => lost(left, 'Never mind'),
  },
  'one of two calls that was broken off': {
    said: { turns: [HI, called(call('call_a'), call('call_b')), result('call_b'), user('Go')], tools },
    wrong: (left) => lost(left, 'Bergen', 'Go'),
  },
  'a call at the end': { said: { turns: [HI, called(call('call_a'))], tools } },
  'a result whose call was cut off': {
    said: { turns: [result('call_z', 'orphan'), HI], tools },
    wrong: (left) => lost(left, 'orphan', 'museum'),
  },
  'a result of another call': {
    said: {
      turns: [
        HI,
        called(call('call_a')),
        {
          role: 'tool',
          results: [
            { id: 'call_a', texts: ['own'] },
            { id: 'call_z', texts: ['orphan'] },
          ],
        },
      ],
      tools,
    },
    wrong: (left) => lost(left, 'own', 'orphan'),
  },
  'two results of one call': {
    said: {
      turns: [
        HI,
        called(call('call_a')),
        {
          role: 'tool',
          results: [
            { id: 'call_a', texts: ['first'] },
            { id: 'call_a', texts: ['second'] },
          ],
        },
      ],
      tools,
    },
    wrong: (left) => [...lost(left, 'second'), ...says(left, 'first')],
  },
  'words between a call and its result': {
    said: { turns: [HI, called(call('call_a')), user('Wait'), result('call_a')], tools },
    dialects: ['chat', 'responses'],
    wrong: (left) => lost(left, 'Wait', 'Bergen'),
  },
  'words behind a result': { said: { turns: [...LOOP, user('Shorter')], tools }, wrong: (left) => lost(left, 'Shorter', 'Bergen') },
  'a beginning of the answer that ends in a space': {
    said: { turns: [HI, assistant('The answer is ')], cap: 300 },
    wrong: (left) => lost(left, 'The answer is'),
    refusable: /which the chosen model does not continue/,
  },
  'a document alone': {
    said: { turns: [{ role: 'user', pdf: PDF }], cap: 300 },
    wrong: ({ turns, format }) => (format === 'chat' || turns.some(({ documents }) => documents > 0) ? [] : ['no document']),
    refusable: /document/,
  },
  'a document behind a result': {
    said: { turns: [HI, called(call('call_a')), { role: 'tool', results: [{ id: 'call_a', texts: ['sunny'] }], pdf: PDF }], tools },
    wrong: (left) => lost(left, 'sunny'),
    refusable: /document/,
  },
};
