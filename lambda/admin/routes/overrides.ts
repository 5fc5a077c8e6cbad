import type { PriceOverride } from '../../money/pricing';
import { GatewayError } from '../../platform/error';
import type { JsonObject, JsonValue } from '../../platform/json';
import type { GuardrailOverride, ModelOverride } from '../../routing';
import { notFound } from '../caller';
import { checkGuardrail, checkGuardrailNames, shownRules } from '../checked-guardrails';
import { checkModel } from '../checked-model';
import type { Change } from '../journal';
import { checkIfMatch, concurrentChange, nextGeneration } from '../levels';
import type { RouteAnswer } from '../message';
import type { AdminRoute, RouteContext } from '../route';
import { ADMINS, EVERYONE } from '../route';
import type { Schema } from '../schema';
import { GUARDRAIL, GUARDRAIL_CREATE, GUARDRAIL_LIST, GUARDRAIL_UPDATE } from '../schemas/guardrails';
import { MODEL, MODEL_CREATE, MODEL_LIST, MODEL_UPDATE } from '../schemas/models';
import { PRICE, PRICE_CREATE, PRICE_LIST, PRICE_UPDATE } from '../schemas/prices';
import type { Services } from '../services';
import { etagOf } from '../wire';

type Kind = 'model' | 'price' | 'guardrail';
type Override = ModelOverride | PriceOverride | GuardrailOverride;

interface OverrideRoutes {
  readonly kind: Kind;
  readonly name: string;
  readonly what: string;
  readonly create: Schema;
  readonly update: Schema;
  readonly read: Schema;
  readonly list: Schema;
}

/** The routes of run-time changes to routes, prices and guardrails. They hold from the next request on. */
export const overrideRoutes: readonly AdminRoute[] = [
  ...routesOf({
    kind: 'model',
    name: 'Model',
    what: "an alias's targets, or what a model can do and costs",
    create: MODEL_CREATE,
    update: MODEL_UPDATE,
    read: MODEL,
    list: MODEL_LIST,
  }),
  ...routesOf({
    kind: 'price',
    name: 'Price',
    what: "a model's price",
    create: PRICE_CREATE,
    update: PRICE_UPDATE,
    read: PRICE,
    list: PRICE_LIST,
  }),
  ...routesOf({
    kind: 'guardrail',
    name: 'Guardrail',
    what: 'a guardrail policy',
    create: GUARDRAIL_CREATE,
    update: GUARDRAIL_UPDATE,
    read: GUARDRAIL,
    list: GUARDRAIL_LIST,
  }),
];

function routesOf({ kind, name, what, create, update, read, list }: OverrideRoutes): readonly AdminRoute[] {
  const path = `/${kind}s`;
  return [
    {
      method: 'GET',
      path,
      operation: `list${name}s`,
      summary: `List the run-time overrides of ${kind}s.`,
      roles: EVERYONE,
      answer: { status: 200, description: 'All of them.', schema: list },
      async run({ services }) {
        const found: readonly Override[] = await services.overrides.list(kind);
        const rows = [...found.map(toWire), ...deployedBeside(kind, found, services)];
        return { status: 200, json: { data: rows.sort((left, right) => (idOf(left) < idOf(right) ? -1 : 1)), next_cursor: null } };
      },
    },
    {
      method: 'POST',
      path,
      operation: `create${name}`,
      summary: `Override ${what} at run time.`,
      roles: ADMINS,
      body: create,
      idempotent: true,
      answer: { status: 201, description: 'The override.', schema: read },
      run: (context) => createOverride(kind, context),
    },
    {
      method: 'GET',
      path: `${path}/{id+}`,
      operation: `get${name}`,
      summary: `Read the override of ${what}.`,
      roles: EVERYONE,
      answer: { status: 200, description: 'The override.', schema: read },
      run: async (context) => overrideAnswer(await readOverride(kind, context)),
    },
    {
      method: 'PATCH',
      path: `${path}/{id+}`,
      operation: `update${name}`,
      summary: `Replace the override of ${what}.`,
      roles: ADMINS,
      body: update,
      conditional: true,
      answer: { status: 200, description: 'The new version.', schema: read },
      run: (context) => updateOverride(kind, context),
    },
    {
      method: 'DELETE',
      path: `${path}/{id+}`,
      operation: `delete${name}`,
      summary: `Take the override of ${what} away: what was configured holds again.`,
      roles: ADMINS,
      conditional: true,
      answer: { status: 204, description: 'It is gone.' },
      run: (context) => removeOverride(kind, context),
    },
  ];
}

const idOf = (row: JsonObject): string => row['id'] as string;

/** Policies are read where they stand, changed at run time or not. */
function deployedBeside(kind: Kind, found: readonly Override[], { document }: Services): readonly JsonObject[] {
  if (kind !== 'guardrail') return [];
  const changed = new Set(found.map(({ id }) => id));
  return (document.guardrails ?? []).flatMap((policy) =>
    changed.has(policy.id) ? [] : [{ ...policy, rules: shownRules(policy.rules) }],
  ) as unknown as JsonObject[];
}

/** @throws GatewayError 400 for what a schema cannot say */
async function check(kind: Kind, id: string, services: Services, body: JsonObject): Promise<void> {
  if (kind === 'guardrail') return checkGuardrail(id, services, body);
  if (kind === 'model') await checkModel(id, services, body);
  await checkGuardrailNames(services, body);
}

async function createOverride(kind: Kind, { services, caller, request, body }: RouteContext): Promise<RouteAnswer> {
  await check(kind, body['id'] as string, services, body);
  const now = services.clock.now();
  const override = fromBody(body['id'] as string, body, nextGeneration(now), now);
  const change: Change = { action: 'create', resource: kind, resourceId: override.id, after: toWire(override) };
  const result = await services.journal.write(caller, change, (stores) => stores.overrides.put(kind, override as never));
  if (result === 'done') return overrideAnswer(override, 201);

  const stored: Override | undefined = await services.overrides.get(kind, override.id);
  if (stored !== undefined && request.headers['idempotency-key'] !== undefined && sameContent(stored, override))
    return overrideAnswer(stored, 201);
  throw new GatewayError({
    code: 'already_exists',
    message: `There is an override of this ${kind} already; change that one.`,
    param: 'id',
  });
}

async function updateOverride(kind: Kind, context: RouteContext): Promise<RouteAnswer> {
  const { services, caller, request, body, params } = context;
  await check(kind, params['id'] as string, services, body);
  const now = services.clock.now();
  const before = await readOverride(kind, context);
  checkIfMatch(request, before.generation);
  const after = fromBody(before.id, body, nextGeneration(now, before.generation), now);
  const change: Change = { action: 'update', resource: kind, resourceId: before.id, before: toWire(before), after: toWire(after) };
  const result = await services.journal.write(caller, change, (stores) => stores.overrides.put(kind, after as never, before.generation));
  if (result === 'conflict') throw concurrentChange();
  return overrideAnswer(after);
}

async function removeOverride(kind: Kind, context: RouteContext): Promise<RouteAnswer> {
  const { services, caller, request } = context;
  const before = await readOverride(kind, context);
  checkIfMatch(request, before.generation);
  const change: Change = { action: 'delete', resource: kind, resourceId: before.id, before: toWire(before) };
  const result = await services.journal.write(caller, change, (stores) => stores.overrides.remove(kind, before.id, before.generation));
  if (result === 'conflict') throw concurrentChange();
  return { status: 204 };
}

async function readOverride(kind: Kind, { services, params }: RouteContext): Promise<Override> {
  const id = params['id'] as string;
  const found: Override | undefined = id.length > 256 ? undefined : await services.overrides.get(kind, id);
  if (found === undefined) throw notFound(`override of a ${kind}`, id);
  return found;
}

function overrideAnswer(override: Override, status = 200): RouteAnswer {
  return { status, json: toWire(override), headers: { etag: etagOf(override.generation) } };
}

const WIRE_NAMES: Readonly<Record<string, string>> = {
  usdPerMillionTokens: 'usd_per_million_tokens',
  usdPerUnit: 'usd_per_unit',
  usdPerToolCall: 'usd_per_tool_call',
  teamPercent: 'team_percent',
  contextWindow: 'context_window',
  maxOutputTokens: 'max_output_tokens',
  updatedAt: 'updated_at',
  generation: 'version',
};
const FIELDS = new Map(Object.entries(WIRE_NAMES).map(([field, name]) => [name, field]));

function toWire(override: Override): JsonObject {
  const shown = 'rules' in override ? { ...override, rules: shownRules(override.rules) } : override;
  return Object.fromEntries(
    Object.entries(shown).flatMap(([field, value]) => (value === undefined ? [] : [[WIRE_NAMES[field] ?? field, value as JsonValue]])),
  );
}

function fromBody(id: string, body: JsonObject, generation: number, now: number): Override {
  const fields = Object.fromEntries(Object.entries(body).map(([name, value]) => [FIELDS.get(name) ?? name, value]));
  return { ...fields, id, generation, updatedAt: new Date(now).toISOString() } as unknown as Override;
}

function sameContent(left: Override, right: Override): boolean {
  const content = ({ generation: _generation, updatedAt: _updatedAt, ...rest }: Override) => JSON.stringify(Object.entries(rest).sort());
  return content(left) === content(right);
}
