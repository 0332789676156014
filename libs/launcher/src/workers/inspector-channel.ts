import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';

// The little of RFC 6455 that a conversation with Node's inspector needs: text frames, ours masked, its not fragmented.
const textFrame = 0x81;
const masked = 0x80;

function encodeFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > 125) throw new RangeError('only short commands are sent to an inspector');
  const mask = randomBytes(4);
  const frame = Buffer.concat([Buffer.from([textFrame, masked | payload.length]), mask, payload]);
  for (let at = 0; at < payload.length; at += 1) frame[6 + at] = (payload[at] ?? 0) ^ (mask[at % 4] ?? 0);
  return frame;
}

/** Takes the first whole frame off a buffer; undefined when more is to come. */
function decodeFrame(buffer: Buffer): { text: string; rest: Buffer } | undefined {
  if (buffer.length < 2) return undefined;
  let length = (buffer[1] ?? 0) & 0x7f;
  let start = 2;
  if (length === 126) {
    if (buffer.length < 4) return undefined;
    length = buffer.readUInt16BE(2);
    start = 4;
  } else if (length === 127) {
    if (buffer.length < 10) return undefined;
    length = Number(buffer.readBigUInt64BE(2));
    start = 10;
  }
  if (buffer.length < start + length) return undefined;
  return { text: buffer.toString('utf8', start, start + length), rest: buffer.subarray(start + length) };
}

/** A connection to the inspector of another process. Messages are JSON objects of the debugger protocol. */
export class InspectorChannel {
  readonly #socket: Socket;
  #buffer: Buffer;

  private constructor(socket: Socket, head: Buffer, onMessage: (message: unknown) => void) {
    this.#socket = socket;
    this.#buffer = head;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      for (let frame = decodeFrame(this.#buffer); frame !== undefined; frame = decodeFrame(this.#buffer)) {
        this.#buffer = frame.rest;
        onMessage(JSON.parse(frame.text));
      }
    });
  }

  static open(url: URL, onMessage: (message: unknown) => void): Promise<InspectorChannel> {
    const headers = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    };
    return new Promise((resolve, reject) => {
      const sent = request({ host: url.hostname, port: url.port, path: url.pathname, headers });
      sent.once('error', reject);
      sent.once('upgrade', (_response, socket: Socket, head) => resolve(new InspectorChannel(socket, head, onMessage)));
      sent.end();
    });
  }

  send(id: number, method: string): void {
    this.#socket.write(encodeFrame(JSON.stringify({ id, method })));
  }

  close(): void {
    this.#socket.destroy();
  }
}
