import { connect as connectPlain } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RabbitSettings } from '../../transport/rabbit-settings.js';
import type { RabbitHost } from '../../transport/transport-url.js';
import { textOf } from '../../wire/failure.js';
import { encodeEntries } from './field-table.js';
import { tlsOptions } from './tls-options.js';

const askMs = 3_000;
const header = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1');
/** Numbers of the methods of class connection (AMQP 0-9-1, 1.4). */
const methods = { start: 10, startOk: 11, tune: 30, tuneOk: 31, open: 40, openOk: 41, close: 50 } as const;

/** The parameters of a connection attempt. */
export interface Attempt {
  readonly host: RabbitHost;
  readonly virtualHost: string;
  readonly tls: RabbitSettings['tls'];
}

/** Why an attempt failed, for an operator: host, user, and the broker's own reason. Never the password. */
export async function connectionFault(attempt: Attempt, error: unknown): Promise<string> {
  const { host, virtualHost } = attempt;
  const where = `broker ${host.hostname}:${host.port}, vhost "${virtualHost}", user "${host.username}"`;
  return `${where}: ${await reasonOf(attempt, error)}`;
}

async function reasonOf(attempt: Attempt, error: unknown): Promise<string> {
  const text = textOf(error).trim();
  const refused = /terminated by server: (.*?) with message "(.*)"$/.exec(text);
  if (refused !== null) return refused[2] ?? text;
  // amqplib does not expose the reason for a refused vhost.
  if (/Expected ConnectionOpenOk; got <ConnectionClose/.test(text)) return (await askAgain(attempt)) ?? text;
  if (/wrong version number|packet length too long|EPROTO/.test(text)) return `the port does not speak TLS (${text})`;
  return text.replace(/^Error: /, '');
}

/** Repeats the handshake without amqplib to get the broker's reason; null when it gives none now. */
async function askAgain({ host, virtualHost, tls }: Attempt): Promise<string | null> {
  const { hostname, port } = host;
  const socket = tls === null ? connectPlain(port, hostname) : connectTls({ ...tlsOptions(tls), host: hostname, port });
  const timer = setTimeout(() => socket.destroy(), askMs);
  try {
    return await shakeHands(socket, host, virtualHost);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

async function shakeHands(socket: Socket, host: RabbitHost, virtualHost: string): Promise<string | null> {
  socket.write(header);
  let received = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 7 && received.length >= 8 + received.readUInt32BE(3)) {
      const size = received.readUInt32BE(3);
      const payload = received.subarray(7, 7 + size);
      received = received.subarray(8 + size);
      const method = payload.readUInt16BE(2);
      if (method === methods.openOk) return null;
      // reply-code, then reply-text with its length
      if (method === methods.close) return payload.toString('utf8', 7, 7 + (payload[6] ?? 0));
      if (method === methods.start) socket.write(startOk(host));
      if (method === methods.tune) socket.write(Buffer.concat([tuneOk(payload.subarray(4)), open(virtualHost)]));
    }
  }
  return null;
}

const short = (text: string): Buffer => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);

function long(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

function frame(method: number, ...parts: readonly Buffer[]): Buffer {
  const payload = Buffer.concat([Buffer.from([0, 10, 0, method]), ...parts]);
  const head = Buffer.alloc(7);
  head[0] = 1;
  head.writeUInt32BE(payload.length, 3);
  return Buffer.concat([head, payload, Buffer.from([0xce])]);
}

function startOk({ username, password }: RabbitHost): Buffer {
  const properties = encodeEntries({ capabilities: { authentication_failure_close: true } });
  const response = Buffer.from(`\0${username}\0${password}`);
  return frame(methods.startOk, long(properties), short('PLAIN'), long(response), short('en_US'));
}

const tuneOk = (limits: Buffer): Buffer => frame(methods.tuneOk, limits);
const open = (virtualHost: string): Buffer => frame(methods.open, short(virtualHost), short(''), Buffer.from([0]));
