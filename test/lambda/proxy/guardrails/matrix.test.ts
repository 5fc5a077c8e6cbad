import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROUTES, type Route } from '../../../../lambda/proxy/before/routes';
import { OPERATIONS } from '../../../../lambda/wire/operations';
import { GUARD_SEARCHES, type GuardRuleConfig, type GuardSearch, MANAGED_SEARCHES } from '../../../../lib/private/contract';
import { DIALECT_CALLS } from '../../../support/dialect-calls';
import type { TestGateway, TestReply } from '../../../support/gateway';
import { spoken } from '../../../support/spoken';
import { jsonReply, startUpstream, type Upstream } from '../../../support/upstream';
import { EMAIL, guardedGateway } from './support';

/**
 * J07: every endpoint, guard, direction and way of answering, as the code has them. A cell is scanned, has nothing to scan, or is refused; a new
 * endpoint, operation or guard is a cell that this page does not have yet.
 */

const PAGE = join(__dirname, '../../../../docs/guardrails.md');

let upstream: Upstream;
const gateways = new Map<string, Promise<TestGateway>>();

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(async () => {
  for (const gateway of gateways.values()) await (await gateway).close();
  await upstream.close();
});

const RULES: Readonly<Record<GuardSearch, Partial<GuardRuleConfig>>> = {
  detect: { detect: ['email'], action: 'block' },
  pattern: { pattern: 'jane\\.doe@[a-z]{1,20}', action: 'block' },
  deny: { deny: [EMAIL], action: 'block' },
  heuristic: { heuristic: 'prompt_attack', threshold: 0, action: 'flag' },
  bedrock: { bedrock: { guardrail_id: 'gr-1', guardrail_version: '1' }, action: 'block' },
  openai_moderation: { openai_moderation: { provider: 'own', model: 'm' }, action: 'block' },
  webhook: { webhook: { url: 'https://guard.invalid/check', timeout_ms: 50 }, action: 'block' },
};
type Cell = 'scanned' | 'told' | 'nothing to scan' | 'asked' | 'flags only' | 'not scanned';
type Way = 'input' | 'output';
const isManaged = (search: GuardSearch): boolean => (MANAGED_SEARCHES as readonly string[]).includes(search);

function gatewayWith(search: GuardSearch, direction: Way): Promise<TestGateway> {
  const name = `${search} ${direction}`;
  const rule = { name: 'r', ...RULES[search], direction } as GuardRuleConfig;
  const known = gateways.get(name) ?? guardedGateway(upstream, [{ id: 'p', rules: [rule] }]);
  gateways.set(name, known);
  return known;
}

/** A call of the route that says the text, or is answered with it. */
async function call(gateway: TestGateway, route: Route, direction: Way, stream: boolean): Promise<TestReply> {
  const said = direction === 'input' ? `write to ${EMAIL}` : 'Hi';
  upstream.script(
    route.operation === 'chat'
      ? spoken('openai-chat', { text: [direction === 'output' ? `write to ${EMAIL}` : 'fine'] }, stream)
      : jsonReply({ data: [{ index: 0, embedding: [1] }], usage: { prompt_tokens: 1, total_tokens: 1 }, input_tokens: 1 }),
  );
  const chat = DIALECT_CALLS[route.dialect](stream).body as Record<string, unknown>;
  const body =
    'messages' in chat && !['embeddings', 'moderations'].includes(route.operation ?? '')
      ? { ...chat, messages: [{ role: 'user', content: said }] }
      : { ...chat, input: said };
  const { answeredByGuards } = OPERATIONS[route.operation as keyof typeof OPERATIONS];
  const reply = await gateway.call(route.path, { ...body, model: answeredByGuards ? 'p' : 'chat/m' });
  await gateway.settled();
  return reply;
}

async function cellOf(route: Route, search: GuardSearch, direction: Way, stream: boolean): Promise<Cell> {
  const operation = OPERATIONS[route.operation as keyof typeof OPERATIONS];
  if (direction === 'output' && (search === 'heuristic' || !operation.generates)) return 'nothing to scan';
  const gateway = await gatewayWith(search, direction);
  const reply = await call(gateway, route, direction, stream);
  if (operation.answeredByGuards && !isManaged(search)) return JSON.parse(reply.text).results[0].flagged === true ? 'told' : 'not scanned';
  if (search === 'heuristic') return reply.headers['x-gateway-guardrails']?.endsWith('=flag') === true ? 'flags only' : 'not scanned';
  if (isManaged(search)) return reply.status === 503 && !reply.text.includes(EMAIL) ? 'asked' : 'not scanned';
  const blocked = direction === 'input' ? reply.status === 400 : reply.text.includes("guardrail policy 'p' ended this answer");
  return blocked && !reply.text.includes(EMAIL) ? 'scanned' : 'not scanned';
}

const CALLS = ROUTES.filter(({ kind }) => kind === 'model-call');
const waysOf = (route: Route): boolean[] =>
  OPERATIONS[route.operation as keyof typeof OPERATIONS].answers.includes('sse') ? [false, true] : [false];

test('J07 every endpoint, guard, direction and way of answering is covered, and docs/guardrails.md says the same', async () => {
  const rows: string[] = [];
  for (const route of CALLS) {
    for (const stream of waysOf(route)) {
      for (const direction of ['input', 'output'] as const) {
        const cells: Cell[] = [];
        for (const search of GUARD_SEARCHES) cells.push(await cellOf(route, search, direction, stream));
        expect([route.path, direction, cells.includes('not scanned')]).toEqual([route.path, direction, false]);
        rows.push(`| \`${route.path}\` | ${stream ? 'streamed' : 'whole'} | ${direction} | ${cells.join(' | ')} |`);
      }
    }
  }
  const head = [
    `| endpoint | answer | direction | ${GUARD_SEARCHES.map((search) => `\`${search}\``).join(' | ')} |`,
    `|---|---|---|${'---|'.repeat(GUARD_SEARCHES.length)}`,
  ];
  const table = `${[...head, ...rows].join('\n')}\n`;
  if (process.env['UPDATE_GOLDEN'] !== undefined)
    writeFileSync(PAGE, readFileSync(PAGE, 'utf8').replace(/\| endpoint \| answer (?:.*\n(?=\|))*.*\n/, table));
  expect(readFileSync(PAGE, 'utf8')).toContain(table);
});

test('D14 a megabyte of text that is meant to be slow is looked through, and others are answered meanwhile', async () => {
  const gateway = await gatewayWith('detect', 'input');
  const hostile = ['a@'.repeat(450_000), `${'a.'.repeat(450_000)}@b`, '4111 '.repeat(180_000), `${'='.repeat(900_000)}x`];
  for (const text of hostile) {
    upstream.script(spoken('openai-chat', { text: ['fine'] }, false));
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const began = performance.now();

    const reply = await gateway.call('/v1/chat/completions', { model: 'chat/m', messages: [{ role: 'user', content: text }] });

    clearInterval(watch);
    expect([200, 400]).toContain(reply.status);
    // The figures are in bench; here only what would be another order of magnitude.
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(longest).toBeLessThan(10_000);
  }
});
