import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { VENDORS, type Vendor } from '../vendors';
import { Refusal } from '../vendors/refusal';
import type { Asked, Body, Script, SpokenTurn, Turn, Wire } from './turn';

/** One call of the scripted model. */
export interface SeenCall extends Asked {
  /** The first part of the path. */
  readonly vendor: string;
  readonly wire: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
}

export interface ScriptedProvider {
  readonly origin: string;
  readonly calls: SeenCall[];
  /** What the vendors did not take of calls, and why. */
  readonly refusals: string[];
  /** Calls whose connection was closed from the other side before the answer ended. */
  readonly aborted: () => number;
  /** What the model says; a function sees the call and its number since the script was set, counted from 1. */
  script(script: Script | ((call: SeenCall, number: number) => Script)): void;
  close(): Promise<void>;
}

/**
 * A server on loopback that stands in for every vendor, each below a path of its own: it speaks as the vendor does, refuses what the
 * vendor refuses, and otherwise says what a test wants.
 */
export async function startScriptedProvider(): Promise<ScriptedProvider> {
  const calls: SeenCall[] = [];
  const refusals: string[] = [];
  let turns = 0;
  let aborted = 0;
  let number = 0;
  let script: (call: SeenCall, number: number) => Script = () => ({ text: 'Hello.' });

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = (request.url ?? '').replace(/\?.*$/, '');
      response.on('close', () => {
        if (!response.writableFinished) aborted += 1;
      });
      const text = Buffer.concat(chunks).toString('utf8');
      const body: Body = text === '' ? {} : JSON.parse(text);
      const [, name = '', rest = ''] = /^\/([^/]+)(\/.*)$/.exec(path) ?? [];
      const vendor = VENDORS[name];
      const service = vendor?.services.find(({ wire }) => wire.path.test(rest));
      if (vendor === undefined || service === undefined) return answerOther(response, rest, body);
      const asked = service.wire.read(body, rest);
      const refusal = refusalOf(() => service.check(body, asked.model, request.headers));
      if (refusal !== undefined) {
        refusals.push(`${name} ${service.wire.name}: ${refusal.message}`);
        return sendRefusal(response, vendor, refusal);
      }
      const call = { ...asked, vendor: name, wire: service.wire.name, path, headers: request.headers, body };
      calls.push(call);
      number += 1;
      turns += 1;
      play(response, service.wire, call, script(call, number), turns);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    refusals,
    aborted: () => aborted,
    script(next) {
      number = 0;
      calls.length = 0;
      refusals.length = 0;
      script = typeof next === 'function' ? next : () => next;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function refusalOf(check: () => void): Refusal | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    // What a check cannot even read the vendor could not either.
    return error instanceof Refusal ? error : new Refusal(String(error));
  }
}

function sendRefusal(response: ServerResponse, vendor: Vendor, refusal: Refusal): void {
  const { status, body, headers } = vendor.refuse(refusal);
  sendJson(response, status, body, headers);
}

function play(response: ServerResponse, wire: Wire, call: Asked, script: Script, number: number): void {
  if ('status' in script) return sendJson(response, script.status, script.body, script.headers);
  const turn = spoken('half' in script ? script.half : script, wire, call, number);
  if (!call.stream) return sendJson(response, 200, wire.whole(turn));
  response.writeHead(200, { 'content-type': wire.contentType });
  const frames = wire.frames(turn);
  if (!('half' in script)) {
    for (const frame of frames) response.write(frame);
    response.end();
    return;
  }
  for (const frame of frames.slice(0, Math.ceil(frames.length / 2))) response.write(frame);
  if (script.after === 'cut') setImmediate(() => response.destroy());
}

/** The turn as this model says it: thinking only where it thinks, and ids as its vendor makes them. */
function spoken({ thinking, calls, ...turn }: Turn, wire: Wire, { model, thinks }: Asked, number: number): SpokenTurn {
  return {
    ...turn,
    number,
    signed: wire.signs?.(model) ?? true,
    ...(thinking === undefined || !thinks ? {} : { thinking }),
    ...(calls === undefined ? {} : { calls: calls.map((one, index) => ({ ...one, id: wire.callId(number * 100 + index) })) }),
  };
}

/** What is not a model's turn: embeddings and the counting of tokens. */
function answerOther(response: ServerResponse, path: string, body: Body): void {
  if (path === '/v1/embeddings') {
    const inputs: unknown[] = Array.isArray(body.input) ? body.input : [body.input];
    const vector = [0.5, -0.25, 1];
    const written = body.encoding_format === 'base64' ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector;
    const data = inputs.map((_, index) => ({ object: 'embedding', index, embedding: written }));
    return sendJson(response, 200, { object: 'list', model: 'scripted', data, usage: { prompt_tokens: 4, total_tokens: 4 } });
  }
  if (path === '/v1/messages/count_tokens') return sendJson(response, 200, { input_tokens: 42 });
  if (path.endsWith('/count-tokens')) return sendJson(response, 200, { inputTokens: 42 });
  if (path.endsWith(':countTokens')) return sendJson(response, 200, { totalTokens: 42 });
  sendJson(response, 404, { error: { message: `nothing is scripted at ${path}` } });
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
