import type { Schema } from '../schema';
import { clearable, REFERENCE, TIME } from './level';

export const VERSION: Schema = { type: 'integer', description: 'Grows with every change; the audit log keeps what each version was.' };

/** The schemas of one resource. */
export interface ResourceSchemas {
  /** Singular, as the OpenAPI document names it: `Team`. */
  readonly name: string;
  /** Body of `POST`. */
  readonly create: Schema;
  /** Body of `PATCH`: what is absent stays, `null` takes a field away. */
  readonly update: Schema;
  /** What is answered. */
  readonly read: Schema;
  /** A page of them. */
  readonly list: Schema;
}

export interface ResourceDefinition {
  readonly name: string;
  /** Fields that `POST` and `PATCH` take. */
  readonly fields: Readonly<Record<string, Schema>>;
  /** Fields that only `POST` takes. */
  readonly createOnly?: Readonly<Record<string, Schema>>;
  /** Fields that only `PATCH` takes. */
  readonly updateOnly?: Readonly<Record<string, Schema>>;
  /** Fields that are only answered. */
  readonly readOnly?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** Fields that `null` does not take away. */
  readonly lasting?: readonly string[];
}

/** Derives the schemas of one resource from one declaration of its fields. */
export function defineResource(definition: ResourceDefinition): ResourceSchemas {
  const { name, fields, createOnly = {}, updateOnly = {}, readOnly = {}, required = [], lasting = [] } = definition;
  const patchable = Object.entries({ ...fields, ...updateOnly }).map(([field, schema]) => [
    field,
    lasting.includes(field) ? schema : clearable(schema),
  ]);
  const read: Schema = {
    title: name,
    type: 'object',
    additionalProperties: false,
    required: ['id', 'created_at', 'updated_at'],
    properties: {
      id: { type: 'string' },
      ...createOnly,
      ...fields,
      ...updateOnly,
      ...readOnly,
      created_at: TIME,
      updated_at: TIME,
    },
  };
  return {
    name,
    create: { title: `${name}Create`, type: 'object', additionalProperties: false, required, properties: { ...createOnly, ...fields } },
    update: {
      title: `${name}Update`,
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: Object.fromEntries(patchable),
    },
    read,
    list: listOf(name, read),
  };
}

/** A page of a list: `next_cursor` is `null` on the last one. */
export function listOf(name: string, item: Schema): Schema {
  return {
    title: `${name}List`,
    type: 'object',
    additionalProperties: false,
    required: ['data', 'next_cursor'],
    properties: { data: { type: 'array', items: item }, next_cursor: { type: ['string', 'null'] } },
  };
}

/** An id that callers with the role `admin` may choose; absent: one is made. */
export const CHOSEN_ID: Schema = {
  ...REFERENCE,
  description: 'Only the role `admin` may choose it; absent: one is made.',
  examples: ['research'],
};
