import { type IncomingMessage, ServerResponse } from 'node:http';

/** Longer pieces are written as they are: to copy them would cost more than it saves. */
const LONGEST_COPY_BYTES = 4_096;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/**
 * A response whose pieces go to the socket as one buffer each, at once. `node:http` makes four of each, and holds them until the end of the
 * tick to write them together: that takes about as long as all else that is done with a streamed event.
 */
export class StreamedResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  /** Head and first piece are with the socket, so what follows may go there directly. */
  #begun = false;

  public override write(piece: Buffer | string, ...rest: never[]): boolean {
    const { socket } = this;
    if (this.#begun && rest.length === 0 && socket?.writable === true && !this.writableEnded) {
      const bytes = typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length;
      // After a piece that fills the socket, an empty one makes `node:http` wait for it to drain.
      if (bytes > 0 && bytes <= LONGEST_COPY_BYTES) return socket.write(framed(piece, bytes)) || super.write('');
    }
    const goesOn = super.write(piece, ...rest);
    this.#begun = this.chunkedEncoding && this.socket?.writable === true;
    return goesOn;
  }
}

/** One chunk of HTTP/1.1's chunked encoding. */
function framed(piece: Buffer | string, bytes: number): Buffer {
  const size = bytes.toString(16);
  const start = size.length + 2;
  const frame = Buffer.allocUnsafe(start + bytes + 2);
  for (let at = 0; at < size.length; at += 1) frame[at] = size.charCodeAt(at);
  frame[start - 2] = CARRIAGE_RETURN;
  frame[start - 1] = LINE_FEED;
  if (typeof piece === 'string') frame.write(piece, start);
  else frame.set(piece, start);
  frame[start + bytes] = CARRIAGE_RETURN;
  frame[start + bytes + 1] = LINE_FEED;
  return frame;
}
