import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { InspectorChannel } from './inspector-channel.js';
import { listeningSockets, socketInodes } from '../listen/process-sockets.js';

const lookEveryMs = 20;
const maxFrames = 12;

/** The port of the inspector that SIGUSR1 opens: a worker listens on nothing else by itself. */
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
 * The JavaScript stack of a worker that does not answer, through the inspector that Node opens on SIGUSR1 (on loopback, on
 * a free port). Only for a process that is killed afterwards. Undefined when it cannot be had in time, as when the process
 * hangs outside of JavaScript.
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
    // It has ended meanwhile, or forbids to look: the report goes without a stack.
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
