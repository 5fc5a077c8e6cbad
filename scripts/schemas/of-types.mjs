import { createGenerator } from 'ts-json-schema-generator';

/** JSON Schemas of exported types, by the names that they bear in the files, which one reading finds them all in. */
export function schemasOfTypes(path, types) {
  const settings = { path, type: types[0], skipTypeCheck: true, additionalProperties: false, expose: 'all', jsDoc: 'none', minify: true };
  const generator = createGenerator(settings);
  return types.map((type) => generator.createSchema(type));
}

export function schemaOfType(path, type) {
  return schemasOfTypes(path, [type])[0];
}
