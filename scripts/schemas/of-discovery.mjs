/** JSON Schema of the named messages of a Google discovery document, and of all that they hold. `prefix` begins their names there. */
export function schemaOfMessages({ schemas }, prefix, names) {
  const definitions = {};
  const define = (full) => {
    const name = full.startsWith(prefix) ? full.slice(prefix.length) : full;
    if (!(name in definitions)) {
      definitions[name] = {};
      Object.assign(definitions[name], schemaOf(schemas[full], define));
    }
    return { $ref: `#/definitions/${name}` };
  };
  const bodies = Object.fromEntries(names.map((name) => [name, define(prefix + name)]));
  return { bodies, definitions };
}

function schemaOf(property, define) {
  if (property.$ref !== undefined) return define(property.$ref);
  switch (property.type) {
    case 'any':
      return {};
    case 'object':
      return objectOf(property, define);
    case 'array':
      return { type: 'array', items: schemaOf(property.items, define) };
    case 'string':
      // Whole numbers of 64 bits are written as text, and read as numbers too.
      if (property.format === 'int64' || property.format === 'uint64') return { type: ['string', 'integer'] };
      if (property.format === 'byte') return { type: 'string', pattern: '^[A-Za-z0-9+/_-]*={0,2}$' };
      return property.enum === undefined ? { type: 'string' } : { type: 'string', enum: property.enum };
    default:
      return { type: property.type };
  }
}

function objectOf({ properties, additionalProperties }, define) {
  if (properties === undefined) {
    return { type: 'object', additionalProperties: additionalProperties === undefined ? false : schemaOf(additionalProperties, define) };
  }
  const members = Object.entries(properties).filter(([, { readOnly }]) => readOnly !== true);
  return {
    type: 'object',
    properties: Object.fromEntries(members.map(([name, property]) => [name, schemaOf(property, define)])),
    additionalProperties: false,
  };
}
