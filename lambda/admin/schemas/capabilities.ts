import { CAPABILITY_FIELDS, capabilityField, LEAST_LENGTH_TOKENS } from '../../../lib/private/contract';
import type { Schema } from '../schema';

type Field = (typeof CAPABILITY_FIELDS)[keyof typeof CAPABILITY_FIELDS];

const TOKENS: Schema = { type: 'integer', minimum: 1, maximum: 1_000_000_000 };
const NUMBER: Schema = { type: 'number', exclusiveMinimum: 0, maximum: 1_000_000 };
const DAY: Schema = { type: 'string', pattern: '^20\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$', examples: ['2027-03-31'] };

/** What an administrator says that a model can do: each fact of the catalogue. */
export const CAPABILITIES: Schema = {
  title: 'Capabilities',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: Object.fromEntries(Object.entries(CAPABILITY_FIELDS).map(([name, field]) => [capabilityField(name), schemaOf(field)])),
  description: 'What the model takes and gives, in place of what is known of it; docs/models.md tells what each fact does.',
};

function schemaOf(field: Field): Schema {
  if (field === 'yes-or-no') return { type: 'boolean' };
  if (field === 'length') return { ...TOKENS, minimum: LEAST_LENGTH_TOKENS };
  if (field === 'tokens') return TOKENS;
  if (field === 'number') return NUMBER;
  if (field === 'day') return DAY;
  return { type: 'array', maxItems: field.length, items: { type: 'string', enum: field } };
}
