import { createHash } from 'node:crypto';
import { loadPriceBookData } from '../../../lambda/money/deployed-book';
import type { GatewayDocument } from '../../../lib/private/contract';
import { createAdminHarness } from './harness';

const DOCUMENT = {
  providers: [
    { id: 'openai', kind: 'openai', models: ['gpt-5', 'gpt-nobody-knows', 'o*'] },
    { id: 'vllm', kind: 'vllm', models: ['llama'], free: true },
    { id: 'own', kind: 'openai-compatible', models: ['mine'] },
  ],
  routes: [{ alias: 'smart', targets: [{ provider: 'openai', model: 'gpt-5.5' }] }],
} as unknown as GatewayDocument;

const bookOf = (date: string, ...lines: string[]) => JSON.stringify({ version: `test-${date}`, date, lists: { openai: lines } });
function harness() {
  const admin = createAdminHarness(DOCUMENT);
  admin.clock = Date.parse('2026-12-24T12:00:00Z');
  return admin;
}
const NEWER = bookOf('2026-12-01', 'gpt-5 gpt-6 | window=400000 maxOutput=128000 | input=2.5 output=20');

test('R14 the status tells the version, the age and what is priced, by kind and by configured model', async () => {
  const admin = harness();
  await admin.call('POST', '/prices', { body: { id: 'own/mine', usd_per_million_tokens: { input: '1', output: '2' } } });
  const deployed = await loadPriceBookData();
  admin.clock = Date.parse(deployed.date) + 40.5 * 86_400_000;

  const { status, json } = await admin.call('GET', '/price-book');

  expect(status).toBe(200);
  expect(json).toMatchObject({
    source: 'deployed',
    book_version: deployed.version,
    date: deployed.date,
    age_days: 40,
    unpriced_targets: 1,
  });
  expect(json['models']).toMatchObject({ openai: expect.any(Number), bedrock: expect.any(Number), together: expect.any(Number) });
  expect(json['targets']).toEqual([
    { target: 'openai/gpt-5', price: 'book' },
    { target: 'openai/gpt-5.5', price: 'book' },
    { target: 'openai/gpt-nobody-knows', price: null },
    { target: 'own/mine', price: 'override' },
    { target: 'vllm/llama', price: 'free' },
  ]);
});

test('R14 a book is tried, brought in with its hash and an audit entry, replaced, and taken away again', async () => {
  const admin = harness();
  const deployed = await loadPriceBookData();
  const sha256 = createHash('sha256').update(NEWER).digest('hex');

  const tried = await admin.call('POST', '/price-book', { body: { book: NEWER, dry_run: true } });
  expect(tried.json).toMatchObject({ loaded: false, sha256, before_version: deployed.version, added: 1, changed: 1 });
  expect(tried.json['removed']).toBeGreaterThan(1_000);
  expect((tried.json['changes'] as unknown[])[0]).toMatchObject({
    kind: 'openai',
    model: 'gpt-5',
    after: 'window=400000 maxOutput=128000 | input=2.5 output=20',
  });
  expect((await admin.call('GET', '/price-book')).json['source']).toBe('deployed');

  const loaded = await admin.call('POST', '/price-book', { body: { book: NEWER, force: true } });
  expect(loaded.json).toMatchObject({ loaded: true, sha256, book_version: 'test-2026-12-01' });
  const shown = await admin.call('GET', '/price-book');
  expect(shown.json).toMatchObject({
    source: 'loaded',
    sha256,
    date: '2026-12-01',
    models: { openai: 2 },
    deployed_version: deployed.version,
    loaded_version: 'test-2026-12-01',
  });

  const next = await admin.call('POST', '/price-book', {
    body: { book: bookOf('2026-12-02', 'gpt-5 || input=3 output=20'), force: true },
    headers: { 'if-match': loaded.headers['etag'] as string },
  });
  expect(next.json).toMatchObject({ before_version: 'test-2026-12-01', changed: 1, removed: 1 });
  const stale = await admin.call('POST', '/price-book', {
    body: { book: NEWER },
    headers: { 'if-match': loaded.headers['etag'] as string },
  });
  expect(stale.status).toBe(412);

  expect((await admin.call('DELETE', '/price-book')).status).toBe(204);
  expect((await admin.call('GET', '/price-book')).json).toMatchObject({ source: 'deployed', book_version: deployed.version });
  expect((await admin.call('DELETE', '/price-book')).status).toBe(404);
  const audit = (await admin.call('GET', '/audit?resource=price-book')).json.data;
  expect(audit.map(({ action }) => action).sort()).toEqual(['load', 'load', 'unload']);
  expect(audit.find(({ resource_id: id }) => id === 'test-2026-12-01')).toMatchObject({ action: expect.stringMatching(/load/) });
});

test('R14 the book that a newer deployment brings holds over one that was brought in before, unless that was insisted on', async () => {
  const admin = harness();
  const older = bookOf('2026-01-01', 'gpt-5 || input=2.5 output=20');

  const refused = await admin.call('POST', '/price-book', { body: { book: older } });
  expect([refused.status, refused.json.error.code, refused.json.error.param]).toEqual([409, 'older_price_book', 'book.date']);
  expect((await admin.call('GET', '/price-book')).json['source']).toBe('deployed');

  expect((await admin.call('POST', '/price-book', { body: { book: older, force: true } })).status).toBe(200);
  expect((await admin.call('GET', '/price-book')).json).toMatchObject({ source: 'loaded', date: '2026-01-01' });
});

test.each<[string, string, string]>([
  ['not JSON', '{"version":', 'invalid_json'],
  ['a field twice', '{"version":"a","version":"b","date":"2026-12-01","lists":{}}', 'version'],
  ['an unknown field', JSON.stringify({ ...JSON.parse(NEWER), more: 1 }), 'book.more'],
  ['no day', JSON.stringify({ ...JSON.parse(NEWER), date: '2026-02-30' }), 'book.date'],
  ['an unknown kind', JSON.stringify({ ...JSON.parse(NEWER), lists: { acme: [] } }), 'book.lists.acme'],
  ['a line without prices', bookOf('2026-12-01', 'a || input=1', 'gpt-5'), 'book.lists.openai[1]'],
  ['a float', bookOf('2026-12-01', 'gpt-5 || input=1e3'), 'book.lists.openai[0]'],
  ['a negative price', bookOf('2026-12-01', 'gpt-5 || input=-1 output=2'), 'book.lists.openai[0]'],
  ['a price of nothing', bookOf('2026-12-01', 'gpt-5 || input=0 output=0'), 'book.lists.openai[0]'],
  ['a name twice', bookOf('2026-12-01', 'gpt-5 || input=1', 'gpt-6 gpt-5 || input=2'), 'book.lists.openai[1]'],
])('R14 a book with %s is refused, and nothing is changed', async (_what, book, field) => {
  const admin = harness();
  const { status, json } = await admin.call('POST', '/price-book', { body: { book } });

  expect(status).toBe(400);
  expect(`${json.error.param} ${json.error.message} ${json.error.code}`).toContain(field);
  expect((await admin.call('GET', '/price-book')).json['source']).toBe('deployed');
});

test('R14 the whole book of a deployment fits, and only an admin may bring one', async () => {
  const admin = harness();
  const text = JSON.stringify({ ...(await loadPriceBookData()), version: 'again', date: '2026-12-24' });
  const { key } = { key: await admin.key({ name: 'reader', role: 'viewer' }) };

  expect((await admin.call('POST', '/price-book', { body: { book: text }, key: key.text })).status).toBe(403);
  expect((await admin.call('GET', '/price-book', { key: key.text })).status).toBe(200);
  expect((await admin.call('POST', '/price-book', { body: { book: text } })).json).toMatchObject({
    loaded: true,
    added: 0,
    removed: 0,
    changed: 0,
  });
});

test('R14 a book that is doubtful beside the deployed one is told by place, and taken by who insists', async () => {
  const admin = harness();
  const deployed = await loadPriceBookData();
  const change = (from: RegExp, to: string) => {
    const openai = (deployed.lists.openai ?? []).map((line) => (/^gpt-4o-mini /.test(line) ? line.replace(from, to) : line));
    return JSON.stringify({ ...deployed, version: 'doubtful', lists: { ...deployed.lists, openai } });
  };
  const index = (deployed.lists.openai ?? []).findIndex((line) => line.startsWith('gpt-4o-mini '));
  for (const [book, field] of [
    [change(/ input=[\d.]+/, ' input=0'), `lists.openai[${index}] input is 0`],
    [change(/ input=[\d.]+/, ' input=0.000001'), `lists.openai[${index}] input is 0.000001`],
    [change(/ input=([\d.]+)/, ' input=$1,2:0'), `lists.openai[${index}] input is 0`],
    [change(/$/, ' | from=2020-01-01 input=0 output=9'), `lists.openai[${index}] input is 0`],
    [change(/window=\d+/, 'window=128'), `lists.openai[${index}] window is 128 in place of`],
    [change(/maxOutput=\d+/, 'maxOutput=200'), `lists.openai[${index}] maxOutput is 200 in place of`],
    [bookOf('2026-12-01', 'gpt-5 || input=2.5 output=20'), 'names are gone'],
  ] as const) {
    const tried = await admin.call('POST', '/price-book', { body: { book, dry_run: true } });
    expect(String(tried.json['concerns'])).toContain(field);
    const refused = await admin.call('POST', '/price-book', { body: { book } });
    expect([refused.status, refused.json.error.code]).toEqual([409, 'doubtful_price_book']);
    expect(refused.json.error.message).toContain(field);
    expect((await admin.call('GET', '/price-book')).json['source']).toBe('deployed');
  }

  const free = change(/ input=[\d.]+/, ' input=0');
  const insisted = await admin.call('POST', '/price-book', { body: { book: free, force: true } });
  expect([insisted.status, String(insisted.json['concerns'])]).toEqual([200, expect.stringContaining('input is 0')]);
});
