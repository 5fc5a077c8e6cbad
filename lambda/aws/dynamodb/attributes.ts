import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item as DynamoDB gives and takes it. */
export type Item = Record<string, AttributeValue>;

/** Plain values that items hold. `undefined` fields are left out; `bigint` and `number` become numbers. */
export type Storable = string | number | bigint | boolean | null | readonly Storable[] | { readonly [name: string]: Storable | undefined };

/** Turns a plain value into an attribute. Numbers read back as `number`; money has its own readers. */
export function toAttribute(value: Storable): AttributeValue {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
    case 'bigint':
      return { N: String(value) };
    case 'boolean':
      return { BOOL: value };
  }
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  return { M: toItem(value as { readonly [name: string]: Storable | undefined }) };
}

/** Turns the fields of an object into attributes, absent ones left out. */
export function toItem(fields: { readonly [name: string]: Storable | undefined }): Item {
  const item: Item = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined) item[name] = toAttribute(value);
  }
  return item;
}

/** Reads an attribute back; integers beyond 2^53 lose digits, so money is read with `bigintOf`. */
export function fromAttribute(attribute: AttributeValue): unknown {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return Number(attribute.N);
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (attribute.L !== undefined) return attribute.L.map(fromAttribute);
  if (attribute.M !== undefined) return fromItem(attribute.M);
  if (attribute.SS !== undefined) return attribute.SS;
  return null;
}

export function fromItem(item: Item): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name in item) fields[name] = fromAttribute(item[name] as AttributeValue);
  return fields;
}

/** An exact integer; undefined when the attribute is absent. */
export function bigintOf(attribute: AttributeValue | undefined): bigint | undefined {
  return attribute?.N === undefined ? undefined : BigInt(attribute.N);
}

export function numberOf(attribute: AttributeValue | undefined): number | undefined {
  return attribute?.N === undefined ? undefined : Number(attribute.N);
}

/** The item that a failed condition showed (`ALL_OLD`); undefined when there is none, or when the error is another one. */
export function conditionFailure(error: unknown): { readonly item: Item | undefined } | undefined {
  if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') return undefined;
  return { item: (error as { Item?: Item }).Item };
}
