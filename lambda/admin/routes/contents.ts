import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { contentPlace, type ObjectStore } from '../../archive';
import { GatewayError } from '../../platform/error';
import { type JsonObject, parseJson } from '../../platform/json';
import { notFound, sees } from '../caller';
import type { AdminRoute } from '../route';
import { CONTENT } from '../schemas/contents';
import type { Services } from '../services';

const decompress = promisify(gunzip);
const MOST_BYTES = 64 * 1024 * 1024;
/** Of what is answered: Lambda's own limit is 6 MB, with JSON's escapes. */
const MOST_ANSWERED_BYTES = 2_500_000;

/** The route of contents. */
export const contentRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/contents/{id}',
    operation: 'getContent',
    summary: 'Read what was kept of the contents of one request. Each reading is told of in the audit log.',
    roles: ['auditor'],
    query: {
      part: {
        type: 'string',
        pattern: '^(request|answer|[1-9][0-9]{0,3})$',
        description: 'One of them alone, as text: `request`, `answer`, or the number of an earlier piece of a long answer.',
      },
    },
    answer: { status: 200, description: 'What was kept.', schema: CONTENT, text: 'text/plain' },
    async run({ services, caller, params, query }) {
      const id = params['id'] as string;
      const contents = bucketOf(services);
      const place = contentPlace(id);
      const keys = place === undefined ? [] : await keysUnder(contents, place);
      const told = keys.find((key) => !/~\d{4}$/.test(key));
      const document = told === undefined ? undefined : await documentOf(contents, told);
      if (document === undefined || !sees(caller, document['team_id'] as string | undefined)) throw notFound('content', id);
      // Nobody reads what is not told of.
      await services.journal.write(
        caller,
        { action: 'read', resource: 'content', resourceId: id, ...teamOf(document) },
        async () => undefined,
      );
      const part = query.get('part');
      if (part === null) return { status: 200, json: withinLimit(document) };
      const text = /^\d/.test(part) ? await pieceOf(contents, keys, part) : document[part];
      if (text === undefined) throw notFound('content', `${id} ${part}`);
      return { status: 200, text: { type: 'text/plain; charset=utf-8', body: typeof text === 'string' ? text : JSON.stringify(text) } };
    },
  },
];

/** @throws GatewayError where the deployment keeps none */
function bucketOf({ contents }: Services): ObjectStore {
  if (contents !== undefined) return contents;
  throw new GatewayError({ code: 'resource_not_found', message: 'This gateway keeps no contents: it was deployed without "contentLog".' });
}

async function keysUnder(contents: ObjectStore, place: string): Promise<readonly string[]> {
  return (await contents.list(place)).keys;
}

async function documentOf(contents: ObjectStore, key: string): Promise<JsonObject | undefined> {
  const body = await contents.get(key);
  if (body === undefined) return undefined;
  return parseJson((await decompress(body, { maxOutputLength: MOST_BYTES })).toString('utf8')) as JsonObject;
}

async function pieceOf(contents: ObjectStore, keys: readonly string[], part: string): Promise<string | undefined> {
  const key = keys.find((one) => one.endsWith(`~${part.padStart(4, '0')}`));
  const body = key === undefined ? undefined : await contents.get(key);
  return body === undefined ? undefined : (await decompress(body, { maxOutputLength: MOST_BYTES })).toString('utf8');
}

function teamOf(document: JsonObject): { readonly teamId?: string } {
  const team = document['team_id'];
  return typeof team === 'string' ? { teamId: team } : {};
}

/** What is too large is left to be asked for by itself. */
function withinLimit(document: JsonObject): JsonObject {
  if (JSON.stringify(document).length <= MOST_ANSWERED_BYTES) return document;
  const { request: _request, answer: _answer, ...rest } = document;
  return { ...rest, omitted: ['request', 'answer'] };
}
