/** The yardstick: the least that a `node:http` server can do between a caller and a provider. No check, no parsing, no record. */
import { Agent, createServer, request as send } from 'node:http';

const upstream = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true, scheduling: 'lifo', maxSockets: 2_000 });

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    const call = send(
      {
        host: '127.0.0.1',
        port: upstream,
        method: request.method,
        path: request.url,
        agent,
        headers: { 'content-type': 'application/json', 'content-length': body.length },
      },
      (reply) => {
        response.writeHead(reply.statusCode, { 'content-type': reply.headers['content-type'] });
        reply.on('data', (chunk) => {
          if (!response.write(chunk)) {
            reply.pause();
            response.once('drain', () => reply.resume());
          }
        });
        reply.on('end', () => response.end());
      },
    );
    call.on('error', () => response.destroy());
    response.on('close', () => call.destroy());
    call.end(body);
  });
});

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port, path: '/v1/chat/completions', key: 'none' }));
process.on('message', () => process.send({ cpu: process.cpuUsage(), rss: process.memoryUsage().rss }));
