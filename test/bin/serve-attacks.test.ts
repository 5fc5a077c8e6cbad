/** What nobody with a key of the gateway does to `llm-gateway serve`, as it is shipped. */
import { connect, type Socket } from 'node:net';
import { generateKey } from '../../lambda/identity';
import { BUILT, call, endAll, fileIn, launch, type Reply, type Running, type Served, serve } from './serve-support';

// Processes start slowly on a busy machine.
jest.setTimeout(120_000);

const ENVIRONMENT = fileIn('environment.json');
const PATH = '/v1/chat/completions';
const MEGABYTE = 1_048_576;

(BUILT ? describe : describe.skip)('R19 whoever has no key', () => {
  let access: { readonly key: string };
  let local: Running;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    local = launch(['local', '--memory', '--port', '0', '--json', '--environment', ENVIRONMENT]);
    const [line] = await local.says(/^\{"url".*$/m);
    access = JSON.parse(line);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(async () => {
    local.child.kill('SIGINT');
    await local.done;
    endAll();
  });

  const goodCall = (plane: Served, text = 'hello'): Promise<Reply> =>
    call(`${plane.url}${PATH}`, access.key, { body: { model: 'demo', messages: [{ role: 'user', content: text }] } });

  /** Sends the head of a call. */
  const begin = (plane: Served, contentLength: number, key?: string): { readonly socket: Socket; readonly heard: () => string } => {
    const { hostname, port } = new URL(plane.url);
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    // What is cut while it sends may see no more than that.
    socket.on('error', () => undefined);
    const credential = key === undefined ? '' : `authorization: Bearer ${key}\r\n`;
    socket.write(
      `POST ${PATH} HTTP/1.1\r\nhost: a\r\n${credential}content-type: application/json\r\ncontent-length: ${contentLength}\r\n\r\n`,
    );
    return { socket, heard: () => text };
  };

  test('takes no room with heads alone: each is told so at once', async () => {
    const plane = await serve(['--environment', ENVIRONMENT, '--max-calls', '20']);
    const heads = Array.from({ length: 20 }, () => begin(plane, 10));
    while (heads.some(({ heard }) => !heard().includes('invalid_api_key'))) await later(50);

    expect(heads.map(({ heard }) => heard().slice(0, 12))).toEqual(Array(20).fill('HTTP/1.1 401'));
    expect((await goodCall(plane)).status).toBe(200);
    // Nobody has to wait for what never comes.
    expect(await plane.stop()).toMatchObject({ code: 0 });
  });

  test('takes no room with a thousand heads and keys that only look right, and is told 408 after 20 s', async () => {
    const plane = await serve(['--environment', ENVIRONMENT, '--max-calls', '20', '--max-memory-mb', '1024']);
    const startedMs = performance.now();
    const heads = Array.from({ length: 1_000 }, () => begin(plane, 10, generateKey().text));
    await later(1_000);

    expect((await goodCall(plane)).status).toBe(200);
    expect((await goodCall(plane, 'x'.repeat(2 * MEGABYTE))).status).toBe(200);
    expect(heads.filter(({ heard }) => heard() !== '')).toEqual([]);
    while (heads.some(({ socket }) => !socket.closed)) await later(100);
    expect(performance.now() - startedMs).toBeGreaterThan(19_000);
    const told = heads.map(({ heard }) => heard());
    expect(told.filter((text) => text.startsWith('HTTP/1.1 408 ') && text.includes('"code":"request_timeout"'))).toHaveLength(1_000);
    expect((await plane.stop()).out).toContain('"outcome":"request_timeout","reason":"slow"');
  });
});

function later(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
