import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** What the scripted provider does, in order: send bytes, wait, cut the connection. */
export type Step =
  | { readonly send: string | Buffer }
  | { readonly waitMs: number }
  /** Half-closes the connection. */
  | { readonly end: true }
  /** Closes it with RST. */
  | { readonly reset: true }
  /** Keeps it open and says nothing more. */
  | { readonly hang: true };

/** One request as it came over the socket. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names, as sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Counts connections from 1. */
  readonly connection: number;
}

export interface Upstream {
  readonly origin: string;
  readonly requests: SeenRequest[];
  /** Connections ever accepted. */
  readonly connections: () => number;
  /** Connections open now. */
  readonly open: () => number;
  /** Replaces the script; a function sees the request and its number, counted from 1. */
  script(steps: readonly Step[] | ((request: SeenRequest, number: number) => readonly Step[])): void;
  close(): Promise<void>;
}

/** A provider of raw bytes on loopback: speaks just enough HTTP/1.1 to read a request, then plays its script. */
export async function startUpstream(): Promise<Upstream> {
  const sockets = new Set<Socket>();
  const requests: SeenRequest[] = [];
  let accepted = 0;
  let script: (request: SeenRequest, number: number) => readonly Step[] = () => jsonReply({});

  const server: Server = createServer((socket) => {
    accepted += 1;
    const connection = accepted;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    let pending = Buffer.alloc(0);
    let playing: Promise<void> = Promise.resolve();
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      for (let taken = takeRequest(pending, connection); taken !== undefined; taken = takeRequest(pending, connection)) {
        pending = taken.rest;
        requests.push(taken.request);
        const steps = script(taken.request, requests.length);
        playing = playing.then(() => play(socket, steps));
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => accepted,
    open: () => sockets.size,
    script: (steps) => {
      script = typeof steps === 'function' ? steps : () => steps;
    },
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
}

async function play(socket: Socket, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (socket.destroyed) return;
    if ('send' in step) {
      if (!socket.write(step.send)) await drained(socket);
    } else if ('waitMs' in step) await new Promise((done) => setTimeout(done, step.waitMs));
    else if ('end' in step) socket.end();
    else if ('reset' in step) socket.resetAndDestroy();
    else await new Promise((done) => socket.once('close', done));
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((done) => {
    socket.once('drain', done);
    socket.once('close', done);
  });
}

function takeRequest(bytes: Buffer, connection: number): { request: SeenRequest; rest: Buffer<ArrayBuffer> } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [line = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((text) => [text.slice(0, text.indexOf(':')).toLowerCase(), text.slice(text.indexOf(':') + 1).trim()]),
  );
  const length = Number(headers['content-length'] ?? 0);
  const bodyEnd = headEnd + 4 + length;
  if (bytes.length < bodyEnd) return undefined;
  const [method = '', path = ''] = line.split(' ');
  return {
    request: { method, path, headers, body: Buffer.from(bytes.subarray(headEnd + 4, bodyEnd)), connection },
    rest: Buffer.from(bytes.subarray(bodyEnd)),
  };
}

/** A whole answer with a content length, on a connection that stays open. */
export function reply(status: number, headers: Readonly<Record<string, string>>, body: string | Buffer): Step[] {
  const bytes = Buffer.from(body as string);
  return [{ send: Buffer.concat([head(status, { ...headers, 'content-length': String(bytes.length) }), bytes]) }];
}

export function jsonReply(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Step[] {
  return reply(status, { 'content-type': 'application/json', ...headers }, JSON.stringify(body));
}

/** The head of a chunked event stream; the steps that follow are `chunk`s and the `lastChunk`. */
export function streamHead(headers: Readonly<Record<string, string>> = {}): Step {
  return { send: head(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked', ...headers }) };
}

export function chunk(bytes: string | Buffer): Step {
  const data = Buffer.from(bytes as string);
  return { send: Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]) };
}

export const lastChunk: Step = { send: '0\r\n\r\n' };

/** A complete event stream, cut into chunks at the given sizes; the last size repeats. */
export function streamReply(body: string | Buffer, sizes: readonly number[] = [Number.POSITIVE_INFINITY]): Step[] {
  const bytes = Buffer.from(body as string);
  const steps: Step[] = [streamHead()];
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const size = sizes[Math.min(index, sizes.length - 1)] as number;
    steps.push(chunk(bytes.subarray(at, at + size)));
    at += size;
  }
  return [...steps, lastChunk];
}

function head(status: number, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`HTTP/1.1 ${status} Scripted\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
