import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isJsonObject, type JsonObject } from '../platform/json';
import { type Clock, isMeantForLoopback, systemClock } from '../platform/runtime';
import { type Answer, answer } from './answer';
import { type Behaviour, DEFAULT_BEHAVIOUR, withSettings } from './directives';
import { hash } from './text';

/** A running simulated provider. */
export interface SimulatedProvider {
  /** `http://127.0.0.1:<port>`; OpenAI's paths are below `/v1`. */
  readonly origin: string;
  close(): Promise<void>;
}

/** What the provider bills for one answer, however little of it its caller got. */
export interface Bill {
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * Starts an OpenAI-compatible provider on loopback that costs nothing and can be told to misbehave (`directives.ts`):
 * `POST /v1/chat/completions` streamed and not, `POST /v1/embeddings`, `GET /v1/models`.
 *
 * @param settings defaults for every answer, by the names of `Behaviour`
 * @param onBilled told of each answer that is billed: when it is sent, and of a stream when it ends or is broken off
 */
export async function startSimulatedProvider(
  settings: Readonly<Record<string, string>> = {},
  clock: Clock = systemClock,
  onBilled: (bill: Bill) => void = () => undefined,
): Promise<SimulatedProvider> {
  const defaults = withSettings(DEFAULT_BEHAVIOUR, settings);
  const server = createServer((request, response) => serve(request, response, { defaults, clock, onBilled }));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // The function's process must be able to end while the server listens.
  server.unref();
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** What every answer of one provider shares. */
interface Simulation {
  readonly defaults: Behaviour;
  readonly clock: Clock;
  readonly onBilled: (bill: Bill) => void;
}

function serve(request: IncomingMessage, response: ServerResponse, simulation: Simulation): void {
  if (!isMeantForLoopback(request.rawHeaders, request.socket.localPort ?? 0)) {
    return sendError(response, 403, 'the simulated provider answers under its loopback address alone');
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = parse(Buffer.concat(chunks).toString('utf8'));
    const path = (request.url ?? '').split('?')[0];
    if (request.method === 'GET' && path === '/v1/models') return sendJson(response, 200, MODELS);
    if (request.method !== 'POST' || body === undefined)
      return sendError(response, 400, 'the simulated provider takes a JSON object by POST');
    if (path === '/v1/embeddings') {
      const answer = embeddings(body);
      simulation.onBilled({ model: answer.model, inputTokens: answer.usage.prompt_tokens, outputTokens: 0 });
      return sendJson(response, 200, answer);
    }
    if (path === '/v1/chat/completions') return chat(response, body, simulation);
    return sendError(response, 404, 'the simulated provider has no such path');
  });
}

function chat(response: ServerResponse, request: JsonObject, { defaults, clock, onBilled }: Simulation): void {
  const said = answer(request, defaults);
  const created = Math.floor(clock.now() / 1_000);
  const { behaviour } = said;
  const begin = (): void => {
    if (response.destroyed) return;
    const failing = behaviour.error > 0 || Math.random() * 100 < behaviour.errorPercent;
    if (failing) return sendError(response, behaviour.error || 503, 'simulated failure', behaviour.retryAfter);
    if (request.stream === true) {
      const stream = new SimulatedStream(response, said, { created, usage: wantsUsage(request) });
      response.once('close', () => onBilled(billOf(said, stream.written)));
      return stream.start();
    }
    const duration = behaviour.firstToken + (behaviour.speed > 0 ? (said.tokens.length * 1_000) / behaviour.speed : 0);
    later(response, duration, () => {
      onBilled(billOf(said, said.usage.completion_tokens));
      if (faultAt(said) === undefined) sendJson(response, 200, completion(said, created));
      else response.destroy();
    });
  };
  later(response, behaviour.latency, begin);
}

function billOf({ model, usage }: Answer, outputTokens: number): Bill {
  return { model, inputTokens: usage.prompt_tokens, outputTokens };
}

/** Runs a step after a while, at once when the while is nothing, never after the caller has gone. */
function later(response: ServerResponse, milliseconds: number, step: () => void): void {
  if (milliseconds <= 0) return step();
  const stop = (): void => clearTimeout(timer);
  const timer = setTimeout(() => {
    response.off('close', stop);
    step();
  }, milliseconds);
  response.once('close', stop);
}

/** The connection fault of a non-streamed answer, if any: it has no tokens to count. */
function faultAt({ behaviour }: Answer): number | undefined {
  return [behaviour.cutAfter, behaviour.resetAfter].find((after) => after >= 0);
}

/** One answer on its way out, token by token. */
class SimulatedStream {
  private readonly head: string;
  private position = 0;
  private finished = false;

  public constructor(
    private readonly response: ServerResponse,
    private readonly said: Answer,
    private readonly options: { readonly created: number; readonly usage: boolean },
  ) {
    const fixed = { id: said.id, object: 'chat.completion.chunk', created: options.created, model: said.model };
    this.head = JSON.stringify(fixed).slice(0, -1);
  }

  /** Tokens so far. */
  public get written(): number {
    return this.finished ? this.said.usage.completion_tokens : this.position;
  }

  public start(): void {
    this.response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    this.response.flushHeaders();
    this.delta('{"role":"assistant","content":""}', null);
    later(this.response, this.said.behaviour.firstToken, () => this.step());
  }

  /** Sends what is due, then waits for the next token's turn. */
  private step(): void {
    const { behaviour, tokens } = this.said;
    const pause = behaviour.speed > 0 ? 1_000 / behaviour.speed : 0;
    while (this.position < tokens.length) {
      if (this.fault()) return;
      this.delta(`{"content":${JSON.stringify(tokens[this.position])}}`, null);
      this.position += 1;
      if (pause > 0) return later(this.response, pause, () => this.step());
    }
    if (!this.fault()) this.finish();
  }

  /** Misbehaves if this is the moment for it; true when nothing may follow. */
  private fault(): boolean {
    const { behaviour } = this.said;
    if (behaviour.malformedAfter === this.position) this.response.write('data: {"choices":[{"delta":{"content":\n\n');
    if (behaviour.errorAfter === this.position) {
      this.response.end(
        `data: ${JSON.stringify({ error: { message: 'simulated failure', type: 'server_error', code: 'simulated' } })}\n\n`,
      );
      return true;
    }
    if (behaviour.cutAfter === this.position) {
      this.response.end();
      return true;
    }
    if (behaviour.resetAfter === this.position) {
      this.response.socket?.resetAndDestroy();
      return true;
    }
    return behaviour.hangAfter === this.position;
  }

  private finish(): void {
    this.finished = true;
    const { toolCall, finishReason, usage, behaviour } = this.said;
    if (toolCall !== undefined) {
      const call = { index: 0, id: toolCall.id, type: 'function', function: { name: toolCall.name, arguments: toolCall.arguments } };
      this.delta(JSON.stringify({ tool_calls: [call] }), null);
    }
    this.delta('{}', finishReason);
    if (this.options.usage && behaviour.usage === 1)
      this.response.write(`data: ${this.head},"choices":[],"usage":${JSON.stringify(usage)}}\n\n`);
    if (behaviour.done === 1) this.response.write('data: [DONE]\n\n');
    this.response.end();
  }

  private delta(delta: string, finishReason: string | null): void {
    this.response.write(`data: ${this.head},"choices":[{"index":0,"delta":${delta},"finish_reason":${JSON.stringify(finishReason)}}]}\n\n`);
  }
}

function completion(said: Answer, created: number): JsonObject {
  const { toolCall } = said;
  const message: JsonObject =
    toolCall === undefined
      ? { role: 'assistant', content: said.tokens.join('') }
      : {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: toolCall.id, type: 'function', function: { name: toolCall.name, arguments: toolCall.arguments } }],
        };
  return {
    id: said.id,
    object: 'chat.completion',
    created,
    model: said.model,
    choices: [{ index: 0, message, finish_reason: said.finishReason }],
    ...(said.behaviour.usage === 1 ? { usage: said.usage } : {}),
  };
}

const DEFAULT_DIMENSIONS = 64;
const MOST_DIMENSIONS = 4_096;

function embeddings(request: JsonObject) {
  const inputs = Array.isArray(request.input) ? request.input : [request.input ?? ''];
  const dimensions = typeof request.dimensions === 'number' ? Math.min(request.dimensions, MOST_DIMENSIONS) : DEFAULT_DIMENSIONS;
  const vectors = inputs.map((input) => {
    const seed = JSON.stringify(input);
    return Float32Array.from({ length: dimensions }, (_, index) => hash(`${index}:${seed}`) / 0x80000000 - 1);
  });
  const tokens = Math.max(1, Math.ceil(JSON.stringify(inputs).length / 4));
  const encode = (vector: Float32Array): string | number[] =>
    request.encoding_format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : Array.from(vector);
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: encode(vector) })),
    model: typeof request.model === 'string' ? request.model : 'simulated',
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

const MODELS: JsonObject = {
  object: 'list',
  data: ['simulated-small', 'simulated-large'].map((id) => ({ id, object: 'model', created: 0, owned_by: 'simulated' })),
};

function wantsUsage(request: JsonObject): boolean {
  return isJsonObject(request.stream_options) && request.stream_options.include_usage === true;
}

function sendJson(response: ServerResponse, status: number, body: JsonObject, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)), ...headers });
  response.end(text);
}

function sendError(response: ServerResponse, status: number, message: string, retryAfter = 0): void {
  const type = status === 429 ? 'rate_limit_error' : status >= 500 ? 'server_error' : 'invalid_request_error';
  sendJson(
    response,
    status,
    { error: { message, type, param: null, code: 'simulated' } },
    retryAfter > 0 ? { 'retry-after': String(retryAfter) } : {},
  );
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
