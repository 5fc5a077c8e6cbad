/** The yardstick in the shape of a function: an event in, a response stream out, and `node:http` in between. */
import { Agent, request as send } from 'node:http';

const upstream = Number(process.env.BENCH_UPSTREAM);
const agent = new Agent({ keepAlive: true, scheduling: 'lifo' });

export const handler = awslambda.streamifyResponse((event, stream) => {
  const body = Buffer.from(event.body);
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const call = send({ host: '127.0.0.1', port: upstream, method: event.httpMethod, path: event.path, agent, headers }, (reply) => {
      const answer = { statusCode: reply.statusCode, headers: { 'content-type': reply.headers['content-type'] } };
      const out = awslambda.HttpResponseStream.from(stream, answer);
      reply.on('data', (chunk) => {
        if (!out.write(chunk)) {
          reply.pause();
          out.once('drain', () => reply.resume());
        }
      });
      reply.on('end', () => {
        out.end();
        resolve();
      });
      reply.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
});
