import { crc32 } from 'node:zlib';

/** A message of Amazon's event stream, as Bedrock writes it. */
export function eventMessage(event: string, payload: object): Buffer {
  const headers = Buffer.concat(
    Object.entries({ ':event-type': event, ':content-type': 'application/json', ':message-type': 'event' }).map(([name, value]) => {
      const head = Buffer.alloc(4 + name.length);
      head.writeUInt8(name.length, 0);
      head.write(name, 1);
      head.writeUInt8(7, 1 + name.length);
      head.writeUInt16BE(value.length, 2 + name.length);
      return Buffer.concat([head, Buffer.from(value)]);
    }),
  );
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(16 + headers.length + body.length, 0);
  prelude.writeUInt32BE(headers.length, 4);
  const checked = Buffer.concat([prelude, sumOf(prelude), headers, body]);
  return Buffer.concat([checked, sumOf(checked)]);
}

function sumOf(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes) >>> 0, 0);
  return sum;
}
