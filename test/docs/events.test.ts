import { checkPublished } from '../support/event-schema';

/** The harness of the usage function holds every event against the schema; here is what the schema refuses. */

const change = {
  type: 'key-revoked',
  at: '2026-11-24T12:00:00.000Z',
  detail: {
    id: 'a1',
    gateway: 'test',
    at: '2026-11-24T12:00:00.000Z',
    actor: { key_id: 'root', role: 'admin' },
    resource: 'key',
    resource_id: 'k1',
  },
};

test('a change is as docs/events.json says', () => {
  expect(() => checkPublished(change)).not.toThrow();
});

test.each([
  ['what it was before', { ...change, detail: { ...change.detail, before: { name: 'x' } } }],
  ['no id', { ...change, detail: { ...change.detail, id: undefined } }],
  ['a type that nobody publishes', { ...change, type: 'key-forgotten' }],
  ['a fault with a record’s content', { ...change, type: 'fault', detail: { ...change.detail, record: { content: 'x' } } }],
  ['a budget without its amounts', { ...change, type: 'budget-threshold-reached' }],
])('%s is not', (_name, event) => {
  expect(() => checkPublished(event)).toThrow('is not as published');
});
