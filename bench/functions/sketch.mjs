/** The sketch in the shape of a function. */
import { createSketch } from '../sketch/handle.mjs';

const handle = createSketch(Number(process.env.BENCH_UPSTREAM));

export const handler = awslambda.streamifyResponse(
  (event, stream) =>
    new Promise((resolve) => {
      let out = stream;
      handle(event.multiValueHeaders.authorization[0], Buffer.from(event.body), {
        head(statusCode, headers) {
          out = awslambda.HttpResponseStream.from(stream, { statusCode, headers });
        },
        write: (bytes) => out.write(bytes),
        onDrain: (resume) => out.once('drain', resume),
        end(bytes) {
          out.end(bytes);
          resolve();
        },
        destroy() {
          stream.destroy();
          resolve();
        },
      });
    }),
);
