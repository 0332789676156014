import { computeContract } from '#libs/contracts';
import type { ComputeContract } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import { getLogger } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import type { Store } from '../store/index.js';

const log = getLogger('albireo.network');

/** Changes within this time become one hint. */
const GATHER_MS = 50;
/** How long a cached answer about hosts with real guests is used. */
const BELIEVE_MS = 30_000;

/**
 * Notifies the hosts that connect guests to real networks that the networks have changed, so that they check at once.
 * It is only a hint: a host that misses it checks by itself later.
 */
export class NetworkHints {
  readonly #hosts: RpcClient<ComputeContract>;
  #timer: NodeJS.Timeout | undefined;
  #known = { hasGuests: false, untilMs: -Infinity };

  constructor(
    private readonly store: Store,
    transport: Transport,
  ) {
    this.#hosts = new RpcClient(transport, computeContract, { fanout: true });
  }

  changed(context: RequestContext): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#tell(context).catch((error: unknown) =>
        log.debug('Hosts were not told of a change', { error: error instanceof Error ? error.message : String(error) }),
      );
    }, GATHER_MS);
    this.#timer.unref();
  }

  async #tell(context: RequestContext): Promise<void> {
    const now = performance.now();
    if (now >= this.#known.untilMs) {
      const found = await this.store.db
        .selectFrom('compute_nodes')
        .select('host')
        .where('hypervisor_type', '=', 'QEMU')
        .limit(1)
        .executeTakeFirst();
      this.#known = { hasGuests: found !== undefined, untilMs: now + BELIEVE_MS };
    }
    if (this.#known.hasGuests) await this.#hosts.cast(context, 'networks_changed', null);
  }
}
