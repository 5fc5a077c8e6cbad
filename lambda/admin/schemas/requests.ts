import {
  ATTEMPT_FIELDS,
  type Field,
  RECORD_FIELDS,
  RECORD_STATES,
  shown,
  type TypeShown,
  USAGE_FIELDS,
  VERDICT_FIELDS,
} from '../../money/record';
import type { Schema } from '../schema';
import { TIME } from './level';
import { listOf } from './resource';

const TEXT: Schema = { type: 'string' };
const COUNT: Schema = { type: 'integer', minimum: 0 };
const USD: Schema = { type: 'string', description: 'US dollars as a decimal string, exact to the nano-dollar.' };
const MILLISECONDS: Schema = { type: 'number', minimum: 0 };

/** Fields that others are made of. */
type PartFields = typeof ATTEMPT_FIELDS | typeof USAGE_FIELDS | typeof VERDICT_FIELDS;
type PartType = PartFields extends infer Fields
  ? Fields extends Readonly<Record<string, Field>>
    ? TypeShown<Fields, 'api'>
    : never
  : never;

/** How they are shown, by their types. */
const PARTS: Readonly<Record<PartType, Schema>> = {
  text: TEXT,
  flag: { type: 'boolean' },
  integer: { type: 'integer' },
  count: COUNT,
  milliseconds: MILLISECONDS,
  usd: USD,
  counts: { type: 'object', additionalProperties: COUNT },
  amounts: { type: 'object', additionalProperties: { type: 'number', minimum: 0 } },
  names: { type: 'array', items: TEXT },
};

const ATTEMPT: Schema = {
  title: 'Attempt',
  type: 'object',
  additionalProperties: false,
  properties: propertiesOf(PARTS, shown(ATTEMPT_FIELDS, 'api')),
};

const VERDICT: Schema = {
  title: 'GuardrailVerdict',
  type: 'object',
  additionalProperties: false,
  properties: propertiesOf(PARTS, shown(VERDICT_FIELDS, 'api')),
};

const USAGE: Schema = {
  title: 'RequestUsage',
  type: 'object',
  additionalProperties: false,
  description: 'What was not reported is absent. Totals include their parts.',
  properties: propertiesOf(PARTS, shown(USAGE_FIELDS, 'api')),
};

/** How the fields of a record are shown, by their types. */
const SCHEMAS: Readonly<Record<TypeShown<typeof RECORD_FIELDS, 'api'>, Schema>> = {
  ...PARTS,
  state: { type: 'string', enum: RECORD_STATES },
  operation: TEXT,
  dialect: TEXT,
  time: TIME,
  'fine-milliseconds': MILLISECONDS,
  money: USD,
  'money-change': USD,
  labels: { type: 'object', additionalProperties: TEXT },
  usage: USAGE,
  attempts: { type: 'array', items: ATTEMPT },
  verdicts: { type: 'array', items: VERDICT },
};

export const REQUEST: Schema = {
  title: 'Request',
  type: 'object',
  additionalProperties: false,
  // An attempt that was taken back before its intent was written is known by no more than this.
  required: ['id', 'state', 'updated_at', 'reserved_usd'],
  properties: {
    ...propertiesOf(SCHEMAS, shown(RECORD_FIELDS, 'api')),
    list_usd: { ...USD, description: 'What it cost at list prices; absent: the same as `cost_usd`.' },
  },
};

export const REQUEST_LIST = listOf('Request', REQUEST);

function propertiesOf<Type extends string>(
  schemas: Readonly<Record<Type, Schema>>,
  fields: readonly (Pick<Field, 'words'> & { readonly type: Type; readonly api: string })[],
): Record<string, Schema> {
  return Object.fromEntries(
    fields.map(({ api, type, words }) => [api, words === undefined ? schemas[type] : { ...schemas[type], description: words }]),
  );
}
