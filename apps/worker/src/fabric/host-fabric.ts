import type { PortData } from '#libs/contracts';
import { getLogger } from '#libs/telemetry';
import type {
  GuestNetwork,
  GuestRelay,
  PluggedPort,
  PluggedServer,
  PluggedServerPorts,
} from '../qemu/guest-network.js';
import type { Store } from '../store/index.js';
import { LayoutApplier } from './kernel/apply-layout.js';
import type { NetworkSpace, SpaceKind } from './kernel/network-space.js';
import { relayInto } from './kernel/relay-into.js';
import { Taps } from './kernel/taps.js';
import { NO_WAYS_OUT, hostLayout } from './layout/host-layout.js';
import type { WaysOut } from './layout/host-layout.js';
import { dhcpNamespace, tapOf } from './layout/names.js';
import { NetworkServices } from './services/network-services.js';
import type { ServiceSettings } from './services/network-services.js';
import { RouterAdvertisements } from './services/router-advertisements.js';
import { keepDhcpPorts, removeDhcpPorts } from './state/dhcp-ports.js';
import type { HostNetwork } from './state/host-network.js';
import { loadHostNetwork } from './state/load-host-network.js';
import { reportPlugged, reportUnplugged } from './state/report-ports.js';

const log = getLogger('albireo.fabric');

export interface FabricSettings {
  readonly host: string;
  readonly baseMac: string;
  /** Whether the Metadata API accepts this host's proxies. */
  readonly hasMetadata: boolean;
  readonly services: ServiceSettings;
  /** @default none: the networks exist on this host only */
  readonly waysOut?: WaysOut;
  /** How often the desired state is read without a hint, in milliseconds. */
  readonly pollIntervalMs: number;
  /** How often the whole actual state is compared with it although nothing has changed, in milliseconds. */
  readonly resyncIntervalMs: number;
}

/**
 * The networks of a host's guests: repeatedly brings this machine to the state in the Network API. The existing taps
 * show which ports are plugged, so every process of the host knows it, and also one that has just started.
 */
export class HostFabric implements GuestNetwork {
  readonly level: SpaceKind;
  readonly hasMetadata: boolean;
  readonly #applier: LayoutApplier;
  readonly #taps: Taps;
  readonly #advertisements: RouterAdvertisements;
  readonly #services = new Map<string, NetworkServices>();
  #applied = { revision: -1n, layout: '' };
  #comparedAt = -Infinity;
  #faults = '';
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    private readonly store: Store,
    private readonly space: NetworkSpace,
    private readonly settings: FabricSettings,
  ) {
    this.level = space.kind;
    this.hasMetadata = settings.hasMetadata;
    this.#applier = new LayoutApplier(space);
    this.#taps = new Taps(space);
    this.#advertisements = new RouterAdvertisements(space);
  }

  /** Applies the desired state, which also removes leftovers of earlier processes, and keeps applying it. */
  async start(): Promise<void> {
    await this.sync();
    this.#schedule();
  }

  /** Closes sockets; devices, namespaces and guests stay, unless `isOver`. */
  async close(isOver: boolean): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#next?.catch(() => undefined);
    await this.#running?.catch(() => undefined);
    for (const services of this.#services.values()) services.close();
    this.#services.clear();
    if (!isOver) return;
    await removeDhcpPorts(this.store, this.settings.host);
    await this.space.close();
  }

  /** Notifies of a change: the desired state is read at once. */
  hint(): void {
    if (this.#isClosed) return;
    void this.sync().catch((error: unknown) => this.#tell(error));
  }

  async plug(server: PluggedServer, ports: readonly PortData[]): Promise<PluggedServerPorts> {
    for (const { id } of ports) await this.#taps.add(id, server.id);
    await this.sync();
    const mtus = await this.#taps.mtus();
    const plugged = ports.map(({ id, mac_address: macAddress }): PluggedPort => ({
      portId: id,
      macAddress,
      mtu: mtus.get(tapOf(id)) ?? null,
      netdev: { type: 'tap', ifname: tapOf(id), script: 'no', downscript: 'no' },
    }));
    return { ports: plugged, launcher: this.space.launcher() };
  }

  async unplug(_server: PluggedServer, portIds: readonly string[]): Promise<void> {
    await this.#takeAway(portIds);
  }

  async keepOnly(isHere: (serverId: string) => Promise<boolean>): Promise<void> {
    const taps = await this.#taps.list();
    const known = await Promise.all(taps.map(({ serverId }) => isHere(serverId)));
    const others = taps.filter((_tap, index) => known[index] !== true);
    if (others.length === 0) return;
    log.info('Removed the taps of servers that are not here', { taps: others.length });
    await this.#takeAway(others.map(({ portId }) => portId));
  }

  relay(_server: PluggedServer, ports: readonly PortData[], port: number): Promise<GuestRelay | null> {
    return relayInto(this.space, ports, port);
  }

  /**
   * Reads the desired state and applies it. One run at a time; a call during a run waits for the next one, which
   * includes every change before the call.
   */
  sync(): Promise<void> {
    this.#next ??= (async () => {
      await this.#running?.catch(() => undefined);
      this.#next = null;
      this.#running = this.#sync();
      await this.#running;
    })();
    return this.#next;
  }

  async #takeAway(portIds: readonly string[]): Promise<void> {
    await this.#taps.remove(portIds);
    await reportUnplugged(this.store, this.settings.host, portIds);
    await this.sync();
  }

  async #sync(): Promise<void> {
    const { host, baseMac, waysOut = NO_WAYS_OUT } = this.settings;
    if (await this.space.revive()) this.#forget();
    const taps = await this.#taps.list();
    const plugged = taps.map(({ portId }) => portId).toSorted();
    await keepDhcpPorts(this.store, host, baseMac, plugged);
    const state = await loadHostNetwork(this.store, { host, isJoined: waysOut.tunnelIp !== null }, plugged);
    // This reading is older than the applied one: it waited longer for the database.
    if (state.revision < this.#applied.revision) return;
    const layout = hostLayout(state, plugged, waysOut);
    const text = JSON.stringify(layout);
    const isDue = performance.now() - this.#comparedAt >= this.settings.resyncIntervalMs;
    if (text !== this.#applied.layout || isDue || taps.some(({ isJoined }) => !isJoined)) {
      const { count, newNamespaces, faults } = await this.#applier.apply(layout);
      this.#tellFaults(faults);
      for (const [id, services] of this.#services) {
        if (!newNamespaces.includes(dhcpNamespace(id))) continue;
        services.close();
        this.#services.delete(id);
      }
      await this.#advertisements.apply(state.routers, state.networks);
      // Failed parts are tried again at the next reading.
      this.#applied = { revision: state.revision, layout: faults.length === 0 ? text : '' };
      this.#comparedAt = performance.now();
      if (count > 0) log.debug('Networks of guests were changed', { changes: count, revision: String(state.revision) });
    }
    await this.#serve(state);
    await reportPlugged(this.store, host, state.ports, this.level);
  }

  /** The space was ended from outside, and a new one was created. */
  #forget(): void {
    log.warning(
      'The namespaces of guests were gone and are made anew: guests that run are cut off until a hard reboot',
    );
    this.#applier.forget();
    for (const services of this.#services.values()) services.close();
    this.#services.clear();
    this.#applied = { ...this.#applied, layout: '' };
  }

  async #serve(state: HostNetwork): Promise<void> {
    const served = state.networks.filter(({ dhcpPort }) => dhcpPort !== null && dhcpPort.fixedIps.length > 0);
    for (const [id, services] of this.#services) {
      if (served.some((network) => network.id === id)) continue;
      services.close();
      this.#services.delete(id);
    }
    for (const network of served) {
      const now = { network, ports: state.ports.filter(({ networkId }) => networkId === network.id) };
      const services = this.#services.get(network.id);
      if (services !== undefined) services.update(now);
      else await this.#open(now);
    }
  }

  async #open(now: Parameters<NetworkServices['update']>[0]): Promise<void> {
    const { id } = now.network;
    try {
      this.#services.set(id, await NetworkServices.open(this.space, now, this.settings.services));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      // Another process of this host serves the network; if it ends, this one takes over.
      if (text.includes('EADDRINUSE')) return;
      log.warning('A network has no DHCP, DNS and metadata on this host', { network: id, error: text });
    }
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      void this.sync()
        .catch((error: unknown) => this.#tell(error))
        .finally(() => this.#schedule());
    }, this.settings.pollIntervalMs);
    this.#timer.unref();
  }

  /** Logs each set of faults once, since failed parts are tried again at every comparison. */
  #tellFaults(faults: readonly string[]): void {
    const text = faults.join('; ');
    if (text !== '' && text !== this.#faults)
      log.warning('A part of the networks of guests could not be made', { faults: text });
    this.#faults = text;
  }

  #tell(error: unknown): void {
    log.warning('The networks of guests are not what they shall be', { error: String(error) });
  }
}
