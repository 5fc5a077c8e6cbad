/** Paths that name a model and say whether a stream is asked for, as other vendors' do. */
import { createRouter, matchRoute, type Route } from '../../../../lambda/proxy/before/routes';

const route = (path: string, more: Partial<Route> = {}): Route => ({
  method: 'POST',
  path,
  kind: 'model-call',
  dialect: 'openai-chat',
  operation: 'chat',
  lists: [],
  authenticated: true,
  ...more,
});
const match = createRouter([
  route('/v1beta/models/{model}:generateContent', { stream: false }),
  route('/v1beta/models/{model}:streamGenerateContent', { stream: true }),
  route('/v1beta/models/{model}', { method: 'GET', kind: 'show-model' }),
  route('/v1beta/models', { method: 'GET', kind: 'list-models' }),
]);
const found = (method: string, path: string) => {
  const result = match(method, path);
  return result.found === 'route' ? [result.route.path, result.model, result.route.stream] : result.found;
};

test.each([
  ['POST', '/v1beta/models/gemini-3:generateContent', ['/v1beta/models/{model}:generateContent', 'gemini-3', false]],
  ['POST', '/v1beta/models/gemini-3:streamGenerateContent', ['/v1beta/models/{model}:streamGenerateContent', 'gemini-3', true]],
  ['POST', '//v1beta/models/up%2Freal:generateContent/', ['/v1beta/models/{model}:generateContent', 'up/real', false]],
  ['POST', '/v1beta/models/up/a:b:generateContent', ['/v1beta/models/{model}:generateContent', 'up/a:b', false]],
  ['GET', '/v1beta/models/gemini-3', ['/v1beta/models/{model}', 'gemini-3', undefined]],
  ['GET', '/v1beta/models', ['/v1beta/models', undefined, undefined]],
  ['POST', '/v1beta/models/:generateContent', 'other-method'],
  ['POST', '/v1beta/models/gemini-3', 'other-method'],
  ['POST', '/v1beta/models/%zz:generateContent', 'nothing'],
  ['POST', '/v1beta/Models/gemini-3:generateContent', 'nothing'],
])('%s %s', (method, path, expected) => {
  expect(found(method, path)).toEqual(expected);
});

test('what a path takes is said of all templates that fit it', () => {
  expect(match('PUT', '/v1beta/models/gemini-3:generateContent')).toMatchObject({ found: 'other-method', allow: 'POST, GET' });
});

test.each([
  ['/v1/messages/batches', 'anthropic-messages'],
  ['/v1/responses/resp_1', 'openai-responses'],
  ['/v1/files', 'openai-chat'],
])('nobody but callers of one dialect can have meant %s', (path, dialect) => {
  expect(matchRoute('GET', path)).toEqual({ found: 'nothing', dialect });
});
