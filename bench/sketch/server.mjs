/** The sketch behind `node:http`. Usage: server.mjs <provider port> */
import { createServer } from 'node:http';
import { createSketch, SKETCH_KEY } from './handle.mjs';

const handle = createSketch(Number(process.argv[2]));

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    const call = handle(request.headers.authorization, body, {
      head: (status, headers) => response.writeHead(status, headers),
      write: (bytes) => response.write(bytes),
      onDrain: (resume) => response.once('drain', resume),
      end: (bytes) => response.end(bytes),
      destroy: () => response.destroy(),
    });
    response.on('close', () => {
      if (!response.writableFinished) call?.abort?.();
    });
  });
});

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port, path: '/v1/chat/completions', key: SKETCH_KEY }));
process.on('message', () => process.send({ cpu: process.cpuUsage(), rss: process.memoryUsage().rss }));
