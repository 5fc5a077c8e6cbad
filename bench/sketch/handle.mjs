/**
 * The control: what a gateway could cost at the least. The work of a whole one for each request, its state in memory, written for speed and
 * nothing else: a digest of the key, a plan, one scan of the body, the model's name exchanged, the call, the usage of the last chunk, a line
 * of the log. It keeps no promise that the gateway keeps.
 */
import { createHash, randomUUID } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import Pool from 'undici/lib/dispatcher/pool.js';

/** Its only caller. */
export const SKETCH_KEY = 'sk-sketch';
const MODEL = 'bench/gpt-4o-mini';
const NANO_USD = { input: 150, output: 600 };
const USAGE = Buffer.from('"usage":{');
const PROVIDER_HEADERS = { 'content-type': 'application/json', authorization: 'Bearer sk-bench' };

/** @returns handles one call: the caller's authorization, the body, and where the answer goes */
export function createSketch(upstreamPort) {
  const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: 2_048, pipelining: 1, keepAliveTimeout: 60_000 });
  const digestOf = (key) => createHash('sha256').update(key).digest('base64url');
  const plans = new Map([[digestOf(SKETCH_KEY), createPlan()]]);
  const log = openSync('/dev/null', 'w');

  return (authorization, body, answer) => {
    const plan = plans.get(digestOf((authorization ?? '').slice(7)));
    if (plan === undefined) return refuse(answer, 401, 'unknown key');
    if (!plan.take(Date.now())) return refuse(answer, 429, 'too many requests');
    const asked = readBody(body, plan);
    if (typeof asked === 'string') return refuse(answer, 400, asked);
    const call = { id: randomUUID(), plan, began: performance.now(), log };
    const headers = PROVIDER_HEADERS;
    const controls = { abort: undefined };
    pool.dispatch(
      { method: 'POST', path: '/v1/chat/completions', headers, body: asked.body },
      relay(call, asked.isStream, answer, controls),
    );
    return controls;
  };
}

function createPlan() {
  const perMs = 10_000_000 / 60_000;
  let tokens = 1_000_000;
  let atMs = Date.now();
  return {
    spentNanoUsd: 0,
    models: new Map([[MODEL, 'gpt-4o-mini']]),
    take(nowMs) {
      tokens = Math.min(1_000_000, tokens + (nowMs - atMs) * perMs) - 1;
      atMs = nowMs;
      return tokens >= 0;
    },
  };
}

/** What goes to the provider: the caller's bytes, with the model's name exchanged and usage asked for. A text says what is wrong. */
function readBody(bytes, plan) {
  const text = bytes.toString('utf8');
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'no JSON';
  }
  const model = plan.models.get(parsed.model);
  if (model === undefined || !Array.isArray(parsed.messages)) return 'model or messages';
  const name = `"model":"${parsed.model}"`;
  const at = bytes.indexOf(name);
  if (at < 0) return { body: Buffer.from(JSON.stringify({ ...parsed, model })), isStream: parsed.stream === true };
  const end = bytes.lastIndexOf('}');
  const tail = parsed.stream === true ? ',"stream_options":{"include_usage":true}}' : '}';
  const body = Buffer.concat([
    bytes.subarray(0, at),
    Buffer.from(`"model":"${model}"`),
    bytes.subarray(at + name.length, end),
    Buffer.from(tail),
  ]);
  return { body, isStream: parsed.stream === true };
}

function relay(call, isStream, answer, controls) {
  let status = 0;
  let type = '';
  let last;
  const parts = [];
  return {
    onRequestStart(controller) {
      controls.abort = () => controller.abort(new Error('the caller left'));
    },
    onResponseStart(_controller, statusCode, headers) {
      status = statusCode;
      type = headers['content-type'];
      if (isStream) answer.head(status, { 'content-type': type, 'x-request-id': call.id });
    },
    onResponseData(controller, chunk) {
      if (!isStream) return void parts.push(chunk);
      if (chunk.includes(USAGE)) last = chunk;
      if (answer.write(chunk)) return;
      controller.pause();
      answer.onDrain(() => controller.resume());
    },
    onResponseEnd() {
      if (isStream) answer.end();
      else {
        last = parts.length === 1 ? parts[0] : Buffer.concat(parts);
        answer.head(status, { 'content-type': type, 'content-length': last.length, 'x-request-id': call.id });
        answer.end(last);
      }
      settle(call, last, status);
    },
    onResponseError: () => answer.destroy(),
  };
}

function settle({ id, plan, began, log }, bytes, status) {
  const usage = usageOf(bytes);
  const nanoUsd = usage.prompt_tokens * NANO_USD.input + usage.completion_tokens * NANO_USD.output;
  plan.spentNanoUsd += nanoUsd;
  const ms = (performance.now() - began).toFixed(2);
  writeSync(
    log,
    `{"level":"info","id":"${id}","status":${status},"input":${usage.prompt_tokens},"output":${usage.completion_tokens},"nano_usd":${nanoUsd},"ms":${ms}}\n`,
  );
}

/** The last object under `"usage":` of an answer's end; none of its texts has a brace. */
function usageOf(bytes) {
  const at = bytes === undefined ? -1 : bytes.lastIndexOf(USAGE);
  if (at < 0) return { prompt_tokens: 0, completion_tokens: 0 };
  const text = bytes.latin1Slice(at + USAGE.length - 1);
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '{') depth += 1;
    else if (text[index] === '}') depth -= 1;
    if (depth === 0) return JSON.parse(text.slice(0, index + 1));
  }
  return { prompt_tokens: 0, completion_tokens: 0 };
}

function refuse(answer, status, message) {
  answer.head(status, { 'content-type': 'application/json' });
  answer.end(JSON.stringify({ error: { message } }));
}
