import { ERRORS } from '../platform/error-catalogue';
import { ADMIN_PREFIX } from './event';
import type { AdminRoute } from './route';
import type { Schema } from './schema';

/** One call of the data plane as the document lists it. */
export interface DataPlaneRoute {
  readonly method: string;
  readonly path: string;
  readonly dialect: string;
  readonly authenticated: boolean;
}

type Json = { [name: string]: unknown };

/** Of the gateway and of API Gateway in front of it. */
const ERROR_CODE: Schema = {
  title: 'ErrorCode',
  type: 'string',
  enum: Object.keys(ERRORS).sort(),
  description: 'docs/errors.md tells what each means and what to do.',
};

/** In the form of the path's dialect: of OpenAI, which shows the code, or of Anthropic, which has its own kinds. */
const DATA_PLANE_ERROR: Json = {
  anyOf: [
    {
      type: 'object',
      required: ['error', 'request_id'],
      properties: {
        error: {
          type: 'object',
          required: ['message', 'type', 'param', 'code'],
          properties: {
            message: { type: 'string' },
            type: { type: 'string' },
            param: { type: ['string', 'null'] },
            code: {
              anyOf: [
                { $ref: '#/components/schemas/ErrorCode' },
                { type: 'string', description: "A provider's own code for a field that it refused, in place of `invalid_request`." },
              ],
            },
          },
        },
        request_id: { type: 'string' },
      },
    },
    {
      type: 'object',
      required: ['type', 'error', 'request_id'],
      properties: {
        type: { type: 'string', enum: ['error'] },
        error: { type: 'object', required: ['type', 'message'], properties: { type: { type: 'string' }, message: { type: 'string' } } },
        request_id: { type: 'string' },
      },
    },
  ],
};

const ERROR: Schema = {
  title: 'Error',
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type', 'param', 'code'],
      properties: {
        message: { type: 'string' },
        type: { type: 'string' },
        param: { type: ['string', 'null'], description: 'The field at fault.' },
        code: ERROR_CODE,
      },
    },
  },
};

/** The vendors' own pages say what these calls take and answer: bodies pass as they are. */
const VENDOR_PAGES: Readonly<Record<string, string>> = {
  '/v1/chat/completions': 'https://platform.openai.com/docs/api-reference/chat',
  '/v1/responses': 'https://platform.openai.com/docs/api-reference/responses',
  '/v1/embeddings': 'https://platform.openai.com/docs/api-reference/embeddings',
  '/v1/moderations': 'https://platform.openai.com/docs/api-reference/moderations',
  '/v1/models': 'https://platform.openai.com/docs/api-reference/models',
  '/v1/messages': 'https://docs.anthropic.com/en/api/messages',
  '/v1/messages/count_tokens': 'https://docs.anthropic.com/en/api/messages-count-tokens',
};

/**
 * Makes the OpenAPI 3.1 document of the whole gateway from its route tables.
 *
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApiDocument(adminRoutes: readonly AdminRoute[], dataPlane: readonly DataPlaneRoute[], version: string): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  const at = (path: string): Json => {
    paths[path] ??= {};
    return paths[path];
  };
  for (const route of dataPlane) at(route.path)[route.method.toLowerCase()] = dataPlaneOperation(route);
  for (const route of adminRoutes)
    at(ADMIN_PREFIX + route.path.replace('+}', '}'))[route.method.toLowerCase()] = adminOperation(route, schemas);
  reference(ERROR, schemas);
  schemas['DataPlaneError'] = DATA_PLANE_ERROR;
  return {
    openapi: '3.1.1',
    info: {
      title: 'LLM gateway',
      version,
      description: 'The data plane speaks the dialects of OpenAI and Anthropic; the admin API manages keys, teams, budgets and limits.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      {
        url: '{gateway}',
        variables: { gateway: { default: 'http://127.0.0.1:8787/prod', description: "The gateway's URL, stage included." } },
      },
    ],
    security: [{ bearer: [] }],
    tags: [
      { name: 'data plane', description: 'What applications call.' },
      { name: 'admin', description: 'What operators call.' },
    ],
    paths: Object.fromEntries(Object.entries(paths).sort(([left], [right]) => (left < right ? -1 : 1))),
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A virtual key: `sk-gw-...`. It is also taken from `x-api-key` and `api-key`.',
        },
      },
      schemas: Object.fromEntries(Object.entries(schemas).sort(([left], [right]) => (left < right ? -1 : 1))),
    },
  };
}

function dataPlaneOperation(route: DataPlaneRoute): Json {
  const page = VENDOR_PAGES[route.path];
  const parameters = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => pathParameter(name as string));
  return {
    tags: ['data plane'],
    operationId: operationOf(route),
    summary: `${route.method} ${route.path}, in the dialect ${route.dialect}.`,
    ...(page === undefined ? {} : { externalDocs: { url: page } }),
    ...(route.authenticated ? {} : { security: [] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.method === 'POST'
      ? { requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } } }
      : {}),
    responses: {
      '200': {
        description: "The dialect's own answer.",
        ...(route.method === 'HEAD' ? {} : { content: { 'application/json': { schema: { type: 'object' } } } }),
      },
      default: {
        description: "An error in the dialect's own form.",
        ...(route.method === 'HEAD'
          ? {}
          : { content: { 'application/json': { schema: { $ref: '#/components/schemas/DataPlaneError' } } } }),
      },
    },
  };
}

/** `POST /v1/messages/count_tokens` -> `postMessagesCountTokens`. */
function operationOf({ method, path }: DataPlaneRoute): string {
  const words = path
    .replace(/^\/v1/, '')
    .replace(/\{\w+\}/g, '')
    .match(/[A-Za-z]+/g) ?? ['root'];
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return `${method.toLowerCase()}${name}${path.endsWith('}') ? 'ById' : ''}`;
}

function adminOperation(route: AdminRoute, schemas: Json): Json {
  const { answer, body } = route;
  const parameters = [
    ...[...route.path.matchAll(/\{(\w+)\+?\}/g)].map(([, name]) => pathParameter(name as string)),
    ...Object.entries(route.query ?? {}).map(([name, schema]) => ({ name, in: 'query', ...parameterSchema(schema, schemas) })),
    ...(route.idempotent === true
      ? [headerParameter('idempotency-key', 'The same key with the same body makes one entry, however often it is sent.')]
      : []),
    ...(route.conditional === true
      ? [headerParameter('if-match', 'The `etag` that was read; another version by now is refused with 412.')]
      : []),
  ];
  const content = {
    ...(answer.schema === undefined ? {} : { 'application/json': { schema: reference(answer.schema, schemas) } }),
    ...(answer.text === undefined ? {} : { [answer.text]: { schema: { type: 'string' } } }),
  };
  return {
    tags: ['admin'],
    operationId: route.operation,
    summary: route.summary,
    description: `Roles: ${route.roles.join(', ')}.`,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: route.bodyOptional !== true, content: { 'application/json': { schema: reference(body, schemas) } } } }),
    responses: {
      [String(answer.status)]: { description: answer.description, ...(Object.keys(content).length === 0 ? {} : { content }) },
      default: { description: 'What went wrong.', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
    },
  };
}

function pathParameter(name: string): Json {
  return { name, in: 'path', required: true, schema: { type: 'string' }, description: 'Percent-encoded.' };
}

function headerParameter(name: string, description: string): Json {
  return { name, in: 'header', schema: { type: 'string' }, description };
}

function parameterSchema(schema: Schema, schemas: Json): Json {
  const { description, ...rest } = schema;
  return { schema: reference(rest, schemas), ...(description === undefined ? {} : { description }) };
}

/** Named schemas are listed once and referred to. */
function reference(schema: Schema, schemas: Json): unknown {
  const { title, ...rest } = schema;
  const written = inPlace(rest, schemas);
  if (title === undefined) return written;
  const before = schemas[title];
  if (before !== undefined && JSON.stringify(before) !== JSON.stringify(written)) throw new Error(`two schemas are called ${title}`);
  schemas[title] = written;
  return { $ref: `#/components/schemas/${title}` };
}

function inPlace(schema: Schema, schemas: Json): Json {
  const written: Json = { ...schema };
  if (schema.properties !== undefined) {
    written['properties'] = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [name, reference(property, schemas)]),
    );
  }
  for (const name of ['items', 'propertyNames'] as const) {
    const inner = schema[name];
    if (inner !== undefined) written[name] = reference(inner, schemas);
  }
  if (typeof schema.additionalProperties === 'object') written['additionalProperties'] = reference(schema.additionalProperties, schemas);
  return written;
}
