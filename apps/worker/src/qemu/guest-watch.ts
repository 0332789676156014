import { getLogger } from '#libs/telemetry';
import { guestFolders } from './guest-folder.js';
import type { GuestFolder } from './guest-folder.js';
import type { GuestProcesses } from './guest-processes.js';
import { QmpClient } from './qmp-client.js';

const log = getLogger('albireo.qemu');

/** Events after which a guest may have another power state. */
const TELLING = new Set([
  'STOP',
  'RESUME',
  'SHUTDOWN',
  'POWERDOWN',
  'GUEST_PANICKED',
  'SUSPEND',
  'WAKEUP',
  'BLOCK_IO_ERROR',
]);

/** The timeout for connecting, which may wait as long as another worker uses the monitor. */
const CONNECT_MS = 24 * 3_600_000;

/**
 * Receives events of this host's guests: one connection per guest, on a monitor of its own. QEMU serves one worker of
 * the host at a time; the others wait, and one of them follows when that connection ends.
 */
export class GuestWatch {
  readonly #watched = new Map<string, QmpClient | null>();
  readonly #listeners = new Set<(id: string) => void>();
  #isClosed = false;

  constructor(
    private readonly instancesPath: string,
    private readonly processes: GuestProcesses,
  ) {}

  onChange(listener: (id: string) => void): void {
    this.#listeners.add(listener);
  }

  /** Watches the running guests that are not watched yet. */
  async look(): Promise<void> {
    if (this.#listeners.size === 0) return;
    for (const folder of await guestFolders(this.instancesPath)) {
      if (this.#watched.has(folder.id) || this.#isClosed) continue;
      if (await this.processes.isAlive(folder)) this.watch(folder);
    }
  }

  watch(folder: GuestFolder): void {
    if (this.#watched.has(folder.id) || this.#isClosed || this.#listeners.size === 0) return;
    this.#watched.set(folder.id, null);
    void this.#follow(folder).finally(() => {
      this.#watched.delete(folder.id);
      if (!this.#isClosed) this.#tell(folder.id);
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const client of this.#watched.values()) client?.close();
  }

  async #follow(folder: GuestFolder): Promise<void> {
    try {
      const client = await QmpClient.connect(folder.events, CONNECT_MS);
      if (this.#isClosed) return client.close();
      this.#watched.set(folder.id, client);
      client.onEvent(({ event }) => {
        if (TELLING.has(event)) this.#tell(folder.id);
      });
      await client.closed;
    } catch (error) {
      log.debug(`The events of ${folder.id} are not heard: ${String(error)}`);
    }
  }

  #tell(id: string): void {
    for (const listener of this.#listeners) listener(id);
  }
}
