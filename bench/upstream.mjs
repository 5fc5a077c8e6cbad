/**
 * The provider of the bench, in a process of its own: answers as fast as it can, so that what is measured is the gateway.
 * JSON replies of about 1.5 KB; streams of so many chunks of about 310 bytes, one write each, at once (`stream:200`) or every 20 ms
 * (`paced:200`); `idle` streams send one chunk and then nothing.
 */
import { createServer } from 'node:http';

const filler = 'the quick brown fox jumps over the lazy dog and '.repeat(26);
const usage = { prompt_tokens: 250, completion_tokens: 300, total_tokens: 550 };
const head = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'bench-model' };
const PACE_MS = 20;
let open = 0;
/** When the last call had come, in epoch milliseconds. */
let calledMs = 0;

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => answer(Buffer.concat(parts).toString(), request.url.endsWith('/messages'), response));
});

function answer(text, anthropic, response) {
  calledMs = performance.timeOrigin + performance.now();
  const body = JSON.parse(text);
  const { content } = body.messages.at(-1);
  const prompt = typeof content === 'string' ? content : content[0].text;
  const nonce = prompt.slice(0, 12);
  if (body.stream !== true) return json(response, nonce, anthropic);
  open += 1;
  response.once('close', () => {
    open -= 1;
  });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const [, kind = 'stream', count = '1'] = /(idle|stream|paced):(\d+)/.exec(prompt) ?? [];
  const events = anthropic ? anthropicEvents(nonce) : openAiEvents(nonce, body.stream_options?.include_usage === true);
  stream(response, events, kind, Number(count));
}

function json(response, nonce, anthropic) {
  const said = nonce + filler;
  const text = JSON.stringify(
    anthropic
      ? {
          id: 'msg_bench',
          type: 'message',
          role: 'assistant',
          model: 'bench-model',
          content: [{ type: 'text', text: said }],
          stop_reason: 'end_turn',
          stop_sequence: null,
          usage: { input_tokens: 250, output_tokens: 300 },
        }
      : {
          ...head,
          object: 'chat.completion',
          choices: [{ index: 0, message: { role: 'assistant', content: said }, finish_reason: 'stop' }],
          usage,
        },
  );
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

const sse = (data, event) => `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;

function openAiEvents(nonce, wantsUsage) {
  const choice = (delta, finish) => sse({ ...head, choices: [{ index: 0, delta, finish_reason: finish }] });
  return {
    first: '',
    chunk: choice({ content: nonce + filler.slice(0, 180) }, null),
    last: `${choice({}, 'stop')}${wantsUsage ? sse({ ...head, choices: [], usage }) : ''}data: [DONE]\n\n`,
  };
}

function anthropicEvents(nonce) {
  const event = (data) => sse(data, data.type);
  return {
    first:
      event({
        type: 'message_start',
        message: {
          id: 'msg_bench',
          type: 'message',
          role: 'assistant',
          model: 'bench-model',
          content: [],
          stop_reason: null,
          usage: { input_tokens: 250, output_tokens: 1 },
        },
      }) + event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    chunk: event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: nonce + filler.slice(0, 180) } }),
    last:
      event({ type: 'content_block_stop', index: 0 }) +
      event({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 300 } }) +
      event({ type: 'message_stop' }),
  };
}

function stream(response, events, kind, count) {
  let sent = 0;
  const began = performance.now();
  if (events.first !== '') response.write(events.first);
  const step = () => {
    if (response.destroyed) return;
    if (sent === count) return response.end(events.last);
    response.write(events.chunk);
    sent += 1;
    if (kind === 'stream') setTimeout(step, 1);
    if (kind === 'paced') setTimeout(step, Math.max(0, began + sent * PACE_MS - performance.now()));
  };
  step();
}

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => process.send({ open, calledMs }));
