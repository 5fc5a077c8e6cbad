import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import fc from 'fast-check';
import { openApiDocument } from '../../../lambda/admin/openapi';
import type { AdminRoute } from '../../../lambda/admin/route';
import { routes } from '../../../lambda/admin/routes';
import type { Schema } from '../../../lambda/admin/schema';
import { validate } from '../../../lambda/admin/schema';
import type { JsonValue } from '../../../lambda/platform/json/value';
import { ROUTES } from '../../../lambda/proxy/before/routes';

const root = join(__dirname, '../../..');
const published = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8'));

describe('the OpenAPI document', () => {
  test('is what the route tables say today; `node scripts/openapi.mjs` writes it', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(published).toEqual(JSON.parse(JSON.stringify(openApiDocument(routes, ROUTES, version))));
  });

  test('has the routes of every file of routes', async () => {
    const folder = join(root, 'lambda/admin/routes');
    const tables = await Promise.all(
      readdirSync(folder).map(async (file): Promise<unknown[]> => Object.values(await import(join(folder, file))).filter(Array.isArray)),
    );

    expect(tables.flat(2).filter((route) => !routes.includes(route as AdminRoute))).toEqual([]);
  });

  test('L08 route tables, document and tests name the same calls', () => {
    const documented = Object.entries(published.paths as Record<string, object>).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = [
      ...routes.map(({ method, path }) => `${method} /admin/v1${path.replace('+}', '}')}`),
      ...ROUTES.map(({ method, path }) => `${method} ${path}`),
    ];
    expect(documented.sort()).toEqual(served.sort());

    const tests = [
      'keys',
      'levels',
      'tenants',
      'usage',
      'overrides',
      'models-in-force',
      'price-book',
      'contents',
      'guardrails',
      'reratings',
    ]
      .map((name) => readFileSync(join(__dirname, `${name}.test.ts`), 'utf8'))
      .join('\n');
    for (const path of new Set(routes.map((route) => route.path.split('/')[1])))
      expect([path, tests.includes(`/${path}`)]).toEqual([path, true]);
  });

  test('a key can be narrowed to every call of the data plane, and to nothing else', () => {
    const calls = ROUTES.filter(({ kind }) => kind === 'model-call').map(({ path }) => path);
    expect([...published.components.schemas.KeyCreate.properties.endpoints.items.enum].sort()).toEqual(calls.sort());
  });

  test('every call of the data plane has the page of its vendor', () => {
    const calls = ROUTES.filter(({ kind }) => kind === 'model-call').map(({ path }) => path);
    const pages = calls.map((path) => published.paths[path].post.externalDocs?.url);

    expect(pages).toEqual(calls.map(() => expect.stringMatching(/^https:/)));
  });

  test('names every operation once and resolves every reference', () => {
    const operations = Object.values(published.paths as Record<string, Record<string, { operationId: string }>>).flatMap((path) =>
      Object.values(path),
    );
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const [, name] of JSON.stringify(published).matchAll(/"#\/components\/schemas\/(\w+)"/g))
      expect(published.components.schemas).toHaveProperty(name as string);
  });

  test('the validator and an independent one agree on what a body may be', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: false });
    const schemas = routes.flatMap(({ body }) => (body === undefined ? [] : [body]));
    const leaf = fc.oneof(
      fc.constantFrom<JsonValue>(
        'x',
        '',
        'openai/*',
        '25.00',
        '1e3',
        'month',
        'active',
        'admin',
        '/v1/messages',
        null,
        true,
        0,
        -1,
        1.5,
        60,
      ),
      fc.string({ maxLength: 5 }),
    );
    for (const schema of schemas) {
      const judge = ajv.compile(withoutFormats(schema) as object);
      const names = Object.keys(schema.properties ?? {});
      const value = fc.dictionary(
        fc.constantFrom(...names, 'unknown'),
        fc.oneof(
          leaf,
          fc.array(fc.oneof(leaf, fc.record({ limit_usd: leaf, period: leaf, provider: leaf, model: leaf }, { requiredKeys: [] })), {
            maxLength: 2,
          }),
          fc.dictionary(fc.constantFrom('requests_per_minute', 'per_model', 'input', 'note'), leaf, { maxKeys: 2 }),
        ),
        { maxKeys: 4 },
      );
      fc.assert(
        fc.property(value, (body) => {
          let accepted = true;
          try {
            validate(withoutFormats(schema), body as JsonValue);
          } catch {
            accepted = false;
          }
          expect(accepted).toBe(judge(body));
        }),
        { numRuns: 60 },
      );
    }
  });
});

function withoutFormats(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema, (name, value) => (name === 'format' || name === 'readOnly' ? undefined : value))) as Schema;
}
