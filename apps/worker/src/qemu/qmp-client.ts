import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** An error from QEMU; `kind` is its `class`: `GenericError`, `DeviceNotFound`, `CommandNotFound` … */
export class QmpError extends Error {
  constructor(
    readonly command: string,
    readonly kind: string,
    description: string,
  ) {
    super(`${command}: ${description}`);
    this.name = 'QmpError';
  }
}

/** The monitor cannot be reached: QEMU is not running, or does not answer in time. */
export class QmpUnreachable extends Error {
  override readonly name = 'QmpUnreachable';
}

/** An event of QEMU: `SHUTDOWN`, `STOP`, `JOB_STATUS_CHANGE` … */
export interface QmpEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Pending {
  readonly command: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** The maximum length of one line of QMP in bytes; a longer one is not from QEMU. */
const MAX_LINE = 16 * 1024 * 1024;

/**
 * One connection to a guest's monitor (QEMU Machine Protocol over a unix socket). QEMU serves one connection per socket
 * at a time and the others wait, so connections for commands are short.
 */
export class QmpClient {
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(event: QmpEvent) => void>();
  readonly #greeted: Promise<void>;
  /** Settles when the connection has ended. */
  readonly closed: Promise<void>;
  #greet: (error?: Error) => void = () => undefined;
  #text = '';
  #serial = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#greeted = new Promise((resolve, reject) => {
      this.#greet = (error) => (error === undefined ? resolve() : reject(error));
    });
    this.#greeted.catch(() => undefined);
    socket.setEncoding('utf8');
    socket.on('data', (text) => this.#take(String(text)));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#end(new QmpUnreachable('the connection to QEMU has ended'));
        resolve();
      });
    });
  }

  /** Connects and enters command mode. Throws QmpUnreachable. */
  static async connect(path: string, timeoutMs: number): Promise<QmpClient> {
    const socket = connect({ path });
    const client = new QmpClient(socket);
    try {
      await within(
        timeoutMs,
        new Promise<void>((resolve, reject) => {
          socket.once('connect', resolve);
          socket.once('error', reject);
        }),
      );
      await within(timeoutMs, client.#greeted);
      await client.execute('qmp_capabilities', {}, timeoutMs);
      return client;
    } catch (error) {
      socket.destroy();
      if (error instanceof QmpUnreachable) throw error;
      throw new QmpUnreachable(`QEMU cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Runs a command and returns its `return`. Throws QmpError, QmpUnreachable. */
  async execute(command: string, args: Readonly<Record<string, unknown>> = {}, timeoutMs = 10_000): Promise<unknown> {
    const id = (this.#serial += 1);
    if (this.#socket.destroyed) throw new QmpUnreachable('the connection to QEMU has ended');
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new QmpUnreachable(`QEMU did not answer ${command} within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#pending.set(id, { command, resolve, reject, timer });
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    });
  }

  /** Calls the listener for every event from now on; the returned function unsubscribes. */
  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#text += text;
    if (this.#text.length > MAX_LINE) return void this.#socket.destroy();
    for (;;) {
      const end = this.#text.indexOf('\n');
      if (end < 0) return;
      const line = this.#text.slice(0, end).trim();
      this.#text = this.#text.slice(end + 1);
      if (line !== '') this.#handle(line);
    }
  }

  #handle(line: string): void {
    const message = parse(line);
    if (message === undefined) return void this.#socket.destroy();
    if ('QMP' in message) return this.#greet();
    if (typeof message['event'] === 'string') {
      const event = { event: message['event'], data: recordOf(message['data']) };
      for (const listener of this.#listeners) listener(event);
      return;
    }
    const pending = this.#pending.get(Number(message['id']));
    if (pending === undefined) return;
    this.#pending.delete(Number(message['id']));
    clearTimeout(pending.timer);
    if (!('error' in message)) return pending.resolve(message['return']);
    const { class: kind, desc } = recordOf(message['error']);
    pending.reject(new QmpError(pending.command, String(kind), String(desc)));
  }

  #end(error: Error): void {
    this.#greet(error);
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#pending.clear();
  }
}

/** Runs `work` on a connection of its own. Throws QmpError, QmpUnreachable, and errors of `work`. */
export async function withQmp<T>(path: string, work: (qmp: QmpClient) => Promise<T>, timeoutMs = 10_000): Promise<T> {
  const qmp = await QmpClient.connect(path, timeoutMs);
  try {
    return await work(qmp);
  } finally {
    qmp.close();
  }
}

/** A value as a record; an empty record for any other value. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A value as a list of records; other values become empty records or an empty list. */
export function recordsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return recordOf(JSON.parse(line));
  } catch {
    return undefined;
  }
}

async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new QmpUnreachable(`QEMU did not answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
