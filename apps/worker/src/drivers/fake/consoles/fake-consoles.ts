import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { POWER_STATE } from '#libs/contracts';
import type { ConsoleTarget, GuestDescription } from '../../virt-driver.js';
import { RfbSession } from './rfb-session.js';
import { Terminal } from './terminal.js';

const MAGIC = Buffer.from('REDQ');
/** SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE of spice-protocol's error_codes.h. */
const CHANNEL_NOT_AVAILABLE = 8;
const HEADER = 16;
const REPLY = 178;

/** A SPICE server without channels: it answers a client's link message with this error, and ends. */
function refuseSpice(socket: Socket): void {
  let held: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    if (held.length < HEADER) return;
    if (!held.subarray(0, 4).equals(MAGIC)) {
      socket.destroy();
      return;
    }
    const answer = Buffer.alloc(HEADER + REPLY);
    MAGIC.copy(answer);
    answer.writeUInt32LE(2, 4);
    answer.writeUInt32LE(2, 8);
    answer.writeUInt32LE(REPLY, 12);
    answer.writeUInt32LE(CHANNEL_NOT_AVAILABLE, HEADER);
    socket.end(answer);
  });
}

/** Where consoles listen, and the address that clients get. */
export interface ConsoleAddress {
  readonly listen: string;
  readonly told: string;
}

export type FakeConsoleKind = 'vnc' | 'serial' | 'spice';

const LOOK_MS = 500;
/** An unused listener is closed after this time; a later client gets another one. */
const IDLE_MS = 600_000;

const STATE_NAMES: Readonly<Record<number, string>> = {
  [POWER_STATE.RUNNING]: 'RUNNING',
  [POWER_STATE.PAUSED]: 'PAUSED',
  [POWER_STATE.SHUTDOWN]: 'SHUTOFF',
  [POWER_STATE.SUSPENDED]: 'SUSPENDED',
};

interface Listener {
  readonly server: Server;
  readonly port: number;
  usedAtMs: number;
  readonly sockets: Set<Socket>;
}

/**
 * Screens and serial lines of guests that exist only in the database, so that a browser shows a working console. Each
 * console has a listener, created on first use. It ends together with its guest, and so do its connections.
 */
export class FakeConsoles {
  readonly #look: (id: string) => Promise<number | undefined>;
  readonly #address: (kind: FakeConsoleKind) => ConsoleAddress;
  readonly #listeners = new Map<string, Promise<Listener>>();

  /** `look` returns the power_state of a guest, undefined if it does not exist. */
  constructor(look: (id: string) => Promise<number | undefined>, address: (kind: FakeConsoleKind) => ConsoleAddress) {
    this.#look = look;
    this.#address = address;
  }

  /** Undefined if the guest does not exist. */
  async open(kind: FakeConsoleKind, guest: GuestDescription): Promise<ConsoleTarget | undefined> {
    if ((await this.#look(guest.id)) === undefined) return undefined;
    const key = `${kind} ${guest.id}`;
    let opening = this.#listeners.get(key);
    if (opening === undefined) {
      opening = this.#listen(key, kind, guest);
      this.#listeners.set(key, opening);
      opening.catch(() => this.#listeners.delete(key));
    }
    const listener = await opening;
    listener.usedAtMs = performance.now();
    return { host: this.#address(kind).told, port: listener.port };
  }

  #listen(key: string, kind: FakeConsoleKind, guest: GuestDescription): Promise<Listener> {
    return new Promise((resolve, reject) => {
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.unref().on('error', () => undefined);
        socket.once('close', () => sockets.delete(socket));
        SERVE[kind](socket, guest, this.#look);
      });
      server.once('error', reject);
      server.listen({ host: this.#address(kind).listen, port: 0 }, () => {
        const { port } = server.address() as AddressInfo;
        const listener: Listener = { server, port, usedAtMs: performance.now(), sockets };
        server.unref();
        this.#watch(key, guest.id, listener);
        resolve(listener);
      });
    });
  }

  #watch(key: string, id: string, listener: Listener): void {
    const timer = setInterval(() => {
      void this.#isOver(id, listener).then((isOver) => {
        if (!isOver) return;
        clearInterval(timer);
        this.#listeners.delete(key);
        listener.server.close();
        for (const socket of listener.sockets) socket.destroy();
      });
    }, LOOK_MS);
    timer.unref();
  }

  async #isOver(id: string, { sockets, usedAtMs }: Listener): Promise<boolean> {
    if (sockets.size === 0) return performance.now() - usedAtMs > IDLE_MS;
    // A short outage of the database ends no connection.
    const state = await this.#look(id).catch(() => POWER_STATE.RUNNING);
    return state === undefined;
  }
}

type Serve = (socket: Socket, guest: GuestDescription, look: (id: string) => Promise<number | undefined>) => void;

const SERVE: Readonly<Record<FakeConsoleKind, Serve>> = {
  vnc(socket, guest, look) {
    let state = 'RUNNING';
    const title = (): string => `${guest.displayName}  ${guest.instanceName}  ${state}`;
    const session = new RfbSession(socket, guest.displayName, Terminal.of(guest), title);
    const follow = async (): Promise<void> => {
      state = STATE_NAMES[(await look(guest.id)) ?? POWER_STATE.RUNNING] ?? 'NOSTATE';
      session.refresh();
    };
    const timer = setInterval(() => void follow().catch(() => undefined), LOOK_MS);
    timer.unref();
    socket.once('close', () => clearInterval(timer));
    void follow()
      .catch(() => undefined)
      .then(() => session.run())
      .catch(() => socket.destroy());
  },
  serial(socket, guest) {
    const terminal = Terminal.of(guest);
    socket.setEncoding('utf8').write(terminal.lines.join('\r\n'));
    socket.on('data', (text: Buffer | string) => void socket.write(terminal.type(String(text))));
  },
  spice: refuseSpice,
};
