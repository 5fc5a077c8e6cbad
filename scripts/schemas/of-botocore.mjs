/**
 * JSON Schema of the bodies of operations, by operation, from a service description of botocore's (`service-2.json`). What stands in the
 * path or in a header is no part of a body.
 */
export function schemaOfOperations({ shapes, operations }, names) {
  const definitions = {};
  const define = (name) => {
    if (!(name in definitions)) {
      definitions[name] = {};
      Object.assign(definitions[name], schemaOf(shapes[name], define));
    }
    return { $ref: `#/definitions/${name}` };
  };
  const bodies = Object.fromEntries(names.map((name) => [name, define(operations[name].input.shape)]));
  return { bodies, definitions };
}

function schemaOf(shape, define) {
  switch (shape.type) {
    case 'structure':
      return shape.document === true ? {} : structure(shape, define);
    case 'list':
      return given({ type: 'array', items: define(shape.member.shape), minItems: shape.min, maxItems: shape.max });
    case 'map':
      return given({
        type: 'object',
        propertyNames: define(shape.key.shape),
        additionalProperties: define(shape.value.shape),
        minProperties: shape.min,
        maxProperties: shape.max,
      });
    case 'string':
      return given({ type: 'string', enum: shape.enum, minLength: shape.min, maxLength: shape.max, pattern: patternOf(shape) });
    case 'blob':
      // Base64 of what the limits speak of.
      return { type: 'string', pattern: '^[A-Za-z0-9+/]*={0,2}$', ...(shape.min > 0 ? { minLength: 1 } : {}) };
    case 'integer':
    case 'long':
      return given({ type: 'integer', minimum: shape.min, maximum: shape.max });
    case 'float':
    case 'double':
      return given({ type: 'number', minimum: shape.min, maximum: shape.max });
    case 'boolean':
      return { type: 'boolean' };
    default:
      throw new Error(`shapes of the type ${shape.type} are not known`);
  }
}

/** A member of a union is given alone. */
function structure({ members, required = [], union }, define) {
  const inBody = Object.entries(members).filter(([, { location }]) => location === undefined);
  const names = new Set(inBody.map(([name]) => name));
  const properties = Object.fromEntries(inBody.map(([name, { shape }]) => [name, define(shape)]));
  const one = union === true ? { minProperties: 1, maxProperties: 1 } : {};
  return { type: 'object', properties, required: required.filter((name) => names.has(name)), additionalProperties: false, ...one };
}

/** A pattern holds for the whole text. */
function patternOf({ pattern }) {
  return pattern === undefined ? undefined : `^(?:${pattern})$`;
}

function given(schema) {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}
