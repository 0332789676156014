import { connect } from 'node:net';

export interface RawRequest {
  readonly port: number;
  readonly method: string;
  /** As it stands in the request line; characters are bytes (latin1). */
  readonly target: string;
  /** Beside Host and Connection. */
  readonly headers?: Readonly<Record<string, string>>;
  /** @default 'cloud.example' */
  readonly host?: string;
  readonly body?: string;
}

export interface RawAnswer {
  /** 0: the server closed the connection without an answer. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

const TIMEOUT_MS = 60_000;

/** Sends one request whose target no client library would let through, on a connection of its own. */
export function sendRawRequest(asked: RawRequest): Promise<RawAnswer> {
  const { port, method, target, headers = {}, host = 'cloud.example', body } = asked;
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length =
    body === undefined
      ? ''
      : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body, 'latin1')}\r\n`;
  const text = `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n${more.join('')}${length}\r\n${body ?? ''}`;
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer to ${method} ${target}`)));
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    // A server that closes while bytes are under way resets the connection: what came before counts.
    socket.once('error', (error) => {
      if (answer === '' && !/ECONNRESET|EPIPE/.test(error.message)) reject(error);
    });
    socket.once('close', () => {
      const end = answer.indexOf('\r\n\r\n');
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
      resolve({ status, head: end < 0 ? answer : answer.slice(0, end), body: end < 0 ? '' : answer.slice(end + 4) });
    });
    // Not ended: Node takes the end of a client's bytes for the end of its wish to be answered.
    socket.write(text, 'latin1');
  });
}
