import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { StreamedResponse } from '../../../../lambda/proxy/hosts/streamed-response';

/** What comes over the connection of a caller whose answer is written piece by piece. */

let server: Server;
let answer: (response: StreamedResponse, request: IncomingMessage) => void | Promise<void>;

beforeEach(async () => {
  server = createServer({ ServerResponse: StreamedResponse }, (request, response) => void answer(response, request));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const open = (): Socket => connect((server.address() as AddressInfo).port, '127.0.0.1');
const get = (path: string, version = '1.1') => `GET ${path} HTTP/${version}\r\nhost: x\r\n\r\n`;

/** Everything until the connection goes quiet behind the end of that many answers. */
function received(socket: Socket, answers: number): Promise<string> {
  let text = '';
  return new Promise((done, fail) => {
    socket.on('error', fail);
    socket.on('close', () => done(text));
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (text.split('\r\n0\r\n\r\n').length > answers) done(text);
    });
  });
}

/** The pieces of a chunked body, as they were cut. */
function piecesOf(text: string): string[] {
  let rest = text.slice(text.indexOf('\r\n\r\n') + 4);
  const pieces: string[] = [];
  for (;;) {
    const end = rest.indexOf('\r\n');
    const bytes = Number.parseInt(rest.slice(0, end), 16);
    if (!(bytes > 0)) return pieces;
    pieces.push(rest.slice(end + 2, end + 2 + bytes));
    expect(rest.slice(end + 2 + bytes, end + 4 + bytes)).toBe('\r\n');
    rest = rest.slice(end + 4 + bytes);
  }
}

test('each piece is a chunk of its own, whatever its length and whatever it is made of', async () => {
  const pieces = [
    'first',
    Buffer.from('bytes'),
    'wörds 🙂',
    'x'.repeat(15),
    'x'.repeat(16),
    'y'.repeat(4_096),
    'z'.repeat(70_000),
    '',
    'last',
  ];
  answer = async (response) => {
    response.writeHead(200);
    for (const piece of pieces) {
      response.write(piece);
      await new Promise((done) => setImmediate(done));
    }
    response.end();
  };

  const socket = open();
  socket.write(get('/'));

  const expected = pieces.filter((piece) => piece.length > 0).map((piece) => Buffer.from(piece as string).toString('latin1'));
  expect(piecesOf(await received(socket, 1))).toEqual(expected);
});

test('pieces of one tick keep their order', async () => {
  answer = (response) => {
    response.writeHead(200);
    for (const piece of 'abcdefgh') response.write(piece);
    response.end('i');
  };

  const socket = open();
  socket.write(get('/'));

  expect(piecesOf(await received(socket, 1)).join('')).toBe('abcdefghi');
});

test('an answer waits for the one before it on the same connection', async () => {
  const late: (() => void)[] = [];
  answer = (response, { url = '' }) => {
    response.writeHead(200);
    for (const piece of ['a', 'b', 'c']) response.write(piece + url);
    if (url === '/1') late.push(() => response.end('d/1'));
    else response.end('d/2');
  };

  const socket = open();
  socket.write(get('/1') + get('/2'));
  const all = received(socket, 2);
  while (late.length === 0) await new Promise((done) => setTimeout(done, 5));
  await new Promise((done) => setTimeout(done, 20));
  for (const end of late) end();

  const [first = '', second = ''] = (await all).split('\r\n0\r\n\r\n');
  expect(piecesOf(`${first}\r\n0\r\n\r\n`).join('')).toBe('a/1b/1c/1d/1');
  expect(piecesOf(`${second}\r\n0\r\n\r\n`).join('')).toBe('a/2b/2c/2d/2');
});

test('a caller of HTTP/1.0 gets no chunks', async () => {
  answer = (response) => {
    response.writeHead(200);
    for (const piece of ['a', 'b', 'c']) response.write(piece);
    response.end();
  };

  const socket = open();
  socket.write(get('/', '1.0'));

  expect((await received(socket, 1)).split('\r\n\r\n')[1]).toBe('abc');
});

test('a caller who reads slowly is waited for, and misses nothing', async () => {
  const piece = 'x'.repeat(4_000);
  const count = 6_000;
  let sent = 0;
  answer = async (response) => {
    response.writeHead(200);
    for (; sent < count; sent += 1) {
      if (response.write(piece)) continue;
      expect(response.writableNeedDrain).toBe(true);
      await new Promise((done) => response.once('drain', done));
    }
    response.end();
  };

  const socket = open();
  socket.write(get('/'));
  await new Promise((done) => setTimeout(done, 100));
  const early = sent;
  let bytes = 0;
  let end = '';
  while (!end.endsWith('\r\n0\r\n\r\n')) {
    await new Promise((done) => socket.once('readable', done));
    const read = socket.read() as Buffer | null;
    bytes += read?.length ?? 0;
    end = (end + (read?.toString('latin1', Math.max(0, read.length - 16)) ?? '')).slice(-16);
  }

  expect(early).toBeLessThan(count);
  expect(bytes).toBeGreaterThan(count * piece.length);
  expect(bytes).toBeLessThan(count * (piece.length + 8) + 1_000);
});
