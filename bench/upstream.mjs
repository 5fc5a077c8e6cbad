/**
 * The provider of the bench, in a process of its own: answers as fast as it can, so that what is measured is the gateway.
 * JSON replies of about 1.5 KB; streams of `chunks` chunks of about 310 bytes, one write each; `idle` streams send one chunk and then nothing.
 */
import { createServer } from 'node:http';

const filler = 'the quick brown fox jumps over the lazy dog and '.repeat(26);
const usage = { prompt_tokens: 250, completion_tokens: 300, total_tokens: 550 };
const head = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'bench-model' };
let open = 0;

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => answer(Buffer.concat(parts).toString(), response));
});

function answer(text, response) {
  if (text === '') return response.end(String(open));
  const body = JSON.parse(text);
  const nonce = body.messages.at(-1).content.slice(0, 12);
  if (body.stream !== true) return json(response, nonce);
  open += 1;
  response.once('close', () => {
    open -= 1;
  });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const [, kind = 'stream', count = '1'] = /(idle|stream):(\d+)/.exec(body.messages.at(-1).content) ?? [];
  stream(response, nonce, kind, Number(count), body.stream_options?.include_usage === true);
}

function json(response, nonce) {
  const message = { role: 'assistant', content: nonce + filler };
  const text = JSON.stringify({ ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }], usage });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function stream(response, nonce, kind, count, wantsUsage) {
  const chunk = `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta: { content: nonce + filler.slice(0, 180) }, finish_reason: null }] })}\n\n`;
  let sent = 0;
  const step = () => {
    if (response.destroyed) return;
    if (sent < count) {
      response.write(chunk);
      sent += 1;
      if (kind === 'idle') return;
      setTimeout(step, 1);
      return;
    }
    response.write(`data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`);
    if (wantsUsage) response.write(`data: ${JSON.stringify({ ...head, choices: [], usage })}\n\n`);
    response.end('data: [DONE]\n\n');
  };
  step();
}

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
