import type { Configuration } from '#libs/config';
import { openConfiguredTransport } from '#libs/messaging';
import type { RpcServer, Transport } from '#libs/messaging';
import { onRestored } from '#libs/simulation';
import { upgradeLevels } from '#libs/options';
import { getLogger } from '#libs/telemetry';
import { revocationServer } from './edge/rpc/revocation-server.js';
import { fetchRevocations, Revocations } from './edge/tokens/revocations.js';

const log = getLogger('albireo.gateway');
/** Most time for the fanout's queue to go, of what is left for stopping. */
const UNSUBSCRIBE_MS = 5_000;

const opened = new WeakMap<Configuration, Promise<ApiCommons>>();

/** What all APIs of a process use together: one connection to the bus, one list of revoked tokens. */
export class ApiCommons {
  readonly revocations: Revocations;
  #users = 0;
  #server: RpcServer | undefined;
  #endWatch: () => void = () => undefined;

  private constructor(readonly transport: Transport) {
    this.revocations = new Revocations(fetchRevocations(transport));
  }

  /** Opens them for the first API of a process. Does not wait for the broker. Each user must `leave`. */
  static async join(config: Configuration, program: string): Promise<ApiCommons> {
    let commons = opened.get(config);
    if (commons === undefined) {
      const levels = upgradeLevels(config);
      commons = openConfiguredTransport(config, program, { upgradeLevels: levels }).then(
        (transport) => new ApiCommons(transport),
      );
      opened.set(config, commons);
    }
    const joined = await commons;
    joined.#users += 1;
    return joined;
  }

  /** For an API that checks tokens: begins to follow their revocations, once for all. */
  followRevocations(): void {
    if (this.#server !== undefined) return;
    this.revocations.start();
    this.#endWatch = onRestored(() => this.revocations.refresh(true));
    this.#server = revocationServer(this.transport, this.revocations);
    // Only a hint travels this way, so nobody waits for it; a broker that is away is waited for by the server.
    this.#server.start().catch((error: unknown) => {
      if (this.#users > 0)
        log.warning('Revocations are only polled: their fanout cannot be heard', { error: String(error) });
    });
  }

  /** Closes all when the last API has left. */
  async leave(config: Configuration, deadlineMs: number): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    opened.delete(config);
    this.revocations.stop();
    this.#endWatch();
    await this.#server?.stop(Math.min(deadlineMs, UNSUBSCRIBE_MS));
    // Ends what still waits for the broker.
    await this.transport.stop();
    await this.revocations.stopped();
  }
}
