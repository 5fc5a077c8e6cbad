const NUMBERS = { int32: 'integer', uint32: 'integer', float: 'number', double: 'number', bool: 'boolean' };

/** JSON Schema of the named messages of a namespace of protobuf.js's JSON, and of all that they hold. */
export function schemaOfProtos(namespace, names) {
  const definitions = {};
  const define = (name) => {
    if (!(name in definitions)) {
      definitions[name] = {};
      Object.assign(definitions[name], messageOf(namespace[name], define));
    }
    return { $ref: `#/definitions/${name}` };
  };
  const bodies = Object.fromEntries(names.map((name) => [name, define(name)]));
  return { bodies, definitions };

  function messageOf({ fields, values }, define) {
    if (values !== undefined) return { type: 'string', enum: Object.keys(values) };
    const properties = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldOf(field, define)]));
    return { type: 'object', properties, additionalProperties: false };
  }

  function fieldOf({ rule, type, keyType }, define) {
    const value = typeOf(type, define);
    if (keyType !== undefined) return { type: 'object', additionalProperties: value };
    return rule === 'repeated' ? { type: 'array', items: value } : value;
  }

  function typeOf(type, define) {
    if (NUMBERS[type] !== undefined) return { type: NUMBERS[type] };
    if (type === 'string' || type === 'bytes') return { type: 'string' };
    if (type === 'int64' || type === 'uint64') return { type: ['string', 'integer'] };
    if (type.startsWith('google.protobuf.')) return {};
    return namespace[type] === undefined ? {} : define(type);
  }
}
