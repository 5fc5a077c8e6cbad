import type { LevelRecord } from '../../identity';
import { GATEWAY_ID } from '../../money/ledger';
import type { Caller } from '../caller';
import { forbidden } from '../caller';
import { checkGuardrailNames } from '../checked-guardrails';
import type { Change } from '../journal';
import { checkIfMatch, concurrentChange, nextGeneration } from '../levels';
import type { AdminRoute, RouteContext } from '../route';
import { ADMINS } from '../route';
import { BUDGET_STATE_LIST } from '../schemas/budgets';
import { GATEWAY } from '../schemas/gateway';
import { fromWire, toWire } from '../wire';
import { budgetAnswer, entryAnswer, followBudgets, withCounting } from './shared';

const READERS = ['admin', 'viewer'] as const;

/** The routes of the gateway's own level, which holds for every request. */
export const gatewayRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/gateway',
    operation: 'getGateway',
    summary: 'Read the budgets and limits that hold for everything.',
    roles: READERS,
    answer: { status: 200, description: 'The level.', schema: GATEWAY.read },
    async run({ services, caller }) {
      checkSeesAll(caller);
      return entryAnswer((await readGateway(services)).record, services.clock.now());
    },
  },
  {
    method: 'PATCH',
    path: '/gateway',
    operation: 'updateGateway',
    summary: 'Change the budgets and limits that hold for everything; null brings back what the deployment configured.',
    roles: ADMINS,
    body: GATEWAY.update,
    conditional: true,
    answer: { status: 200, description: 'The changed level.', schema: GATEWAY.read },
    run: update,
  },
  {
    method: 'GET',
    path: '/gateway/budgets',
    operation: 'listGatewayBudgets',
    summary: 'How the budgets of the whole gateway stand at this moment.',
    roles: READERS,
    answer: { status: 200, description: 'A row for each budget.', schema: BUDGET_STATE_LIST },
    async run({ services, caller }) {
      checkSeesAll(caller);
      const { record } = await readGateway(services);
      return budgetAnswer(services, 'gateway', record);
    },
  },
];

/** What all teams together may spend is not one team's business. */
function checkSeesAll(caller: Caller): void {
  if (caller.teamId !== undefined) throw forbidden('A key that is bound to a team does not see the whole gateway.');
}

async function readGateway({ identity, gatewayLevel }: RouteContext['services']): Promise<{ record: LevelRecord; stored: boolean }> {
  const stored = await identity.get('gateway', GATEWAY_ID, { consistent: true });
  const never = new Date(0).toISOString();
  const base: LevelRecord = { id: GATEWAY_ID, status: 'active', generation: 0, createdAt: never, updatedAt: never };
  return { record: { ...base, ...gatewayLevel, ...stored }, stored: stored !== undefined };
}

async function update({ services, caller, request, body }: RouteContext) {
  await checkGuardrailNames(services, body);
  const now = services.clock.now();
  const before = await services.identity.get('gateway', GATEWAY_ID, { consistent: true });
  const shown = (await readGateway(services)).record;
  checkIfMatch(request, before?.generation ?? 0);
  const at = new Date(now).toISOString();
  const changed: LevelRecord = {
    createdAt: at,
    ...before,
    ...fromWire(body),
    id: GATEWAY_ID,
    status: 'active',
    generation: nextGeneration(now, before?.generation),
    updatedAt: at,
  };
  const after = withCounting(services, 'gateway', before ?? shown, changed);
  const change: Change = {
    action: 'update',
    resource: 'gateway',
    resourceId: GATEWAY_ID,
    before: toWire(shown, now),
    after: toWire(after, now),
  };
  const result = await services.journal.write(caller, change, (stores) =>
    before === undefined ? stores.identity.create('gateway', after) : stores.identity.replace('gateway', after, before.generation),
  );
  if (result === 'conflict') throw concurrentChange();
  await followBudgets(services, 'gateway', after);
  return entryAnswer((await readGateway(services)).record, now);
}
