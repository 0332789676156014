import { get, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { listeningSockets, socketInodes } from '../listen/process-sockets.js';
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';

// The part of RFC 6455 that a conversation with Node's inspector needs: text frames, masked in requests, not fragmented
// in responses.
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

/** Takes the first complete frame from a buffer; undefined when it is incomplete. */
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
class InspectorChannel {
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

const lookEveryMs = 20;
const maxFrames = 12;

/** The port of the inspector that SIGUSR1 opens: a worker itself listens on nothing else. */
async function inspectorPort(pid: number, untilMs: number): Promise<number | undefined> {
  while (performance.now() < untilMs) {
    const sockets = listeningSockets();
    for (const inode of socketInodes(pid)) {
      const port = sockets.get(inode);
      if (port !== undefined) return port;
    }
    await pause(lookEveryMs);
  }
  return undefined;
}

function debuggerUrl(port: number): Promise<URL> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/json/list' }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        const match = /"webSocketDebuggerUrl":\s*"ws:([^"]+)"/.exec(text);
        if (match?.[1] === undefined) reject(new Error('the inspector offers no debugger'));
        else resolve(new URL(`http:${match[1]}`));
      });
    }).once('error', reject);
  });
}

interface CallFrame {
  readonly functionName: string;
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number };
}

interface DebuggerEvent {
  readonly method: string;
  readonly params: { readonly scriptId: string; readonly url: string; readonly callFrames: readonly CallFrame[] };
}

function isEvent(message: unknown, method: string): message is DebuggerEvent {
  return typeof message === 'object' && message !== null && 'method' in message && message.method === method;
}

function describeFrame({ functionName, location }: CallFrame, scripts: ReadonlyMap<string, string>): string {
  const url = scripts.get(location.scriptId) ?? 'unknown';
  return `at ${functionName || '<anonymous>'} (${url}:${location.lineNumber + 1}:${location.columnNumber + 1})`;
}

/**
 * The JavaScript stack of a worker that does not answer, through the inspector that Node opens on SIGUSR1 (on loopback,
 * on a free port). Only for a process that is killed afterwards. Undefined when it cannot be read in time, for example
 * when the process hangs outside of JavaScript.
 */
export async function readStuckStack(pid: number, timeoutMs: number): Promise<string[] | undefined> {
  const untilMs = performance.now() + timeoutMs;
  let channel: InspectorChannel | undefined;
  try {
    process.kill(pid, 'SIGUSR1');
    const port = await inspectorPort(pid, untilMs);
    if (port === undefined) return undefined;
    const scripts = new Map<string, string>();
    const { promise: paused, resolve } = deferred<readonly CallFrame[]>();
    channel = await InspectorChannel.open(await debuggerUrl(port), (message) => {
      if (isEvent(message, 'Debugger.scriptParsed')) scripts.set(message.params.scriptId, message.params.url);
      else if (isEvent(message, 'Debugger.paused')) resolve(message.params.callFrames);
    });
    channel.send(1, 'Debugger.enable');
    channel.send(2, 'Debugger.pause');
    const late = new AbortController();
    const frames = await Promise.race([
      paused,
      pause(Math.max(0, untilMs - performance.now()), undefined, { signal: late.signal }).catch(() => undefined),
    ]);
    late.abort();
    return frames?.slice(0, maxFrames).map((frame) => describeFrame(frame, scripts));
  } catch {
    // The process has ended meanwhile, or does not permit it: the report has no stack.
    return undefined;
  } finally {
    channel?.close();
  }
}

function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
