import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import type { Configuration } from '#libs/config';
import { ComputeOptions, FilterSchedulerOptions, SchedulerOptions, ServiceOptions } from '#libs/options';
import { meetDriverFault } from '../fault-injection/driver-faults.js';
import type { InstanceRow } from '../instances/instance-row.js';
import type { Transaction } from '../store/index.js';
import type { RequestSpec } from '../store/tables/server.tables.js';
import { hostFilters, isHostFilter } from './filters.js';
import { loadHosts } from './host-state.js';
import type { HostQuestion, HostState } from './host-state.js';
import { placementRequest } from './placement-request.js';
import type { PlacementRequest } from './placement-request.js';
import { usesWeigher, weighHosts } from './weights.js';

export interface ChosenHost {
  readonly host: string;
  readonly node: string;
  readonly zone: string;
  /** Other suitable hosts, the best first: the build is tried on them next. */
  readonly alternates: readonly string[];
}

/** Why a host is refused for a server. */
export interface HostExplanation {
  readonly host: string;
  /** Names of filters, and other reasons as text; empty: the host is accepted. */
  readonly refusedBy: readonly string[];
}

/** Limits the hosts to choose from. */
export interface HostBounds {
  /** The requested host; null for any. */
  readonly only: string | null;
  readonly except: readonly string[];
}

/** MiB of memory, GiB of disk. */
type HostResources = Pick<HostState, 'vcpus' | 'memory' | 'disk'>;

/** Filters that need the number of servers of a host. */
const COUNTING_FILTERS = ['NumInstancesFilter', 'AggregateNumInstancesFilter', 'JsonFilter'] as const;

export const ANY_HOST: HostBounds = { only: null, except: [] };

/** Chooses hosts and claims their resources, within the caller's transaction. */
export class HostChooser {
  readonly #service: ServiceOptions;
  readonly #compute: ComputeOptions;
  readonly #scheduler: SchedulerOptions;
  readonly #filter: FilterSchedulerOptions;

  constructor(config: Configuration) {
    this.#service = config.get(ServiceOptions);
    this.#compute = config.get(ComputeOptions);
    this.#scheduler = config.get(SchedulerOptions);
    this.#filter = config.get(FilterSchedulerOptions);
  }

  /**
   * All hosts, as an argument for `claim`: a caller that starts this query before it has the server saves a round trip
   * to the database.
   */
  hosts(tx: Transaction): Promise<readonly HostState[]> {
    const hosts = loadHosts(tx, this.#question);
    // If the server could not be loaded, no code awaits them.
    hosts.catch(() => undefined);
    return hosts;
  }

  /** The best host that passes the filters and has enough resources for the server; null if there is none. */
  async claim(
    tx: Transaction,
    instance: InstanceRow,
    bounds: HostBounds = ANY_HOST,
    hosts: Promise<readonly HostState[]> = this.hosts(tx),
  ): Promise<ChosenHost | null> {
    const { name, id } = instance;
    const isRefused = await meetDriverFault('schedule', { server: [name, id] }).then(
      () => false,
      () => true,
    );
    if (isRefused) return null;
    const candidates = this.#candidates(await placementRequest(tx, instance), await hosts, bounds);
    for (const [index, { host, node, zone }] of candidates.entries()) {
      if (!(await this.#claimOn(tx, host, instance))) continue;
      const alternates = candidates.slice(index + 1, index + this.#scheduler.maxAttempts).map((other) => other.host);
      return { host, node, zone, alternates };
    }
    return null;
  }

  /** For every host, in the order of their names, why the server would not be placed there now; empty if it would. */
  async explain(tx: Transaction, instance: InstanceRow): Promise<HostExplanation[]> {
    const request = await placementRequest(tx, instance);
    const hosts = await loadHosts(tx, this.#question);
    return hosts.map((host) => ({
      host: host.host,
      refusedBy: [...this.#refusals(host, request, ANY_HOST), ...this.#shortages(host, instance)],
    }));
  }

  /** Leaves out hosts that were tried; alternates from the first choice come before the others. */
  #candidates(request: PlacementRequest, hosts: readonly HostState[], bounds: HostBounds): readonly HostState[] {
    const fitting = hosts.filter((host) => this.#refusals(host, request, bounds).next().done === true);
    const weighed = oneOfTheBest(
      weighHosts(fitting, request, this.#filter, this.#compute),
      this.#filter.hostSubsetSize,
    );
    const alternates = boundsOfBuild(request.instance).alternates ?? [];
    const rank = (host: HostState): number => {
      const at = alternates.indexOf(host.host);
      return at < 0 ? alternates.length : at;
    };
    return alternates.length === 0 ? weighed : weighed.toSorted((a, b) => rank(a) - rank(b));
  }

  /**
   * The reasons to refuse a host, one by one. A host that is forced by name skips the filters, but must accept servers.
   */
  *#refusals(host: HostState, request: PlacementRequest, { only, except }: HostBounds): Generator<string> {
    const { instance } = request;
    const spec = boundsOfBuild(instance);
    const zone = instance.request_spec.availability_zone ?? null;
    if (zone !== null && host.zone !== zone) yield `availability zone ${zone}`;
    const isOther =
      (spec.host !== undefined && host.host !== spec.host) ||
      (spec.node !== undefined && host.node !== spec.node) ||
      (only !== null && host.host !== only);
    if (isOther) yield 'another host was asked for';
    if (except.includes(host.host)) yield 'the host that the server leaves';
    if ((spec.tried_hosts ?? []).includes(host.host)) yield 'its build has failed there';
    if (spec.forced === true) {
      if (!host.enabled || !host.up) yield 'ComputeFilter';
      return;
    }
    for (const name of this.#filter.enabledFilters) {
      if (isHostFilter(name) && !hostFilters[name](host, request, this.#filter)) yield name;
    }
  }

  /** The resources that a host lacks, apart from those that the server itself already holds there. */
  #shortages(host: HostState, { flavor, host: own }: InstanceRow): string[] {
    const held = own === host.host ? flavor : { vcpus: 0, ram: 0, disk: 0, ephemeral: 0 };
    const room = this.#roomOf(host);
    const free = {
      VCPU: room.vcpus - host.vcpus_used + held.vcpus,
      MEMORY_MB: room.memory - host.memory_used + held.ram,
      DISK_GB: room.disk - host.disk_used + held.disk + held.ephemeral,
    };
    const wanted = { VCPU: flavor.vcpus, MEMORY_MB: flavor.ram, DISK_GB: flavor.disk + flavor.ephemeral };
    return (['VCPU', 'MEMORY_MB', 'DISK_GB'] as const)
      .filter((name) => wanted[name] > free[name])
      .map((name) => `${name}: ${free[name]} free, ${wanted[name]} wanted`);
  }

  get #question(): HostQuestion {
    const { enabledFilters, numInstancesWeightMultiplier } = this.#filter;
    const weighs = usesWeigher(this.#filter, 'num_instances.NumInstancesWeigher');
    return {
      serviceDownTimeMs: this.#service.serviceDownTime * 1000,
      servers:
        COUNTING_FILTERS.some((name) => enabledFilters.includes(name)) ||
        (weighs && numInstancesWeightMultiplier !== 0),
      serversIfKeys: ['num_instances_weight_multiplier'],
    };
  }

  /** The resources of a host that servers may use. */
  #roomOf({ vcpus, memory, disk }: HostResources): HostResources {
    const { cpuAllocationRatio, ramAllocationRatio, diskAllocationRatio } = this.#compute;
    const { reservedHostMemoryMb, reservedHostDiskMb } = this.#compute;
    return {
      vcpus: vcpus * cpuAllocationRatio,
      memory: (memory - reservedHostMemoryMb) * ramAllocationRatio,
      disk: (disk - Math.ceil(reservedHostDiskMb / 1024)) * diskAllocationRatio,
    };
  }

  /**
   * The lock on the host's row makes concurrent schedulers take turns, so that together they never allocate too much.
   */
  async #claimOn(tx: Transaction, host: string, instance: InstanceRow): Promise<boolean> {
    const { id, flavor } = instance;
    const isAlone = instance.vm_state === 'building' && instance.request_spec.together !== true;
    const { cpuAllocationRatio, ramAllocationRatio, diskAllocationRatio } = this.#compute;
    const { reservedHostMemoryMb, reservedHostDiskMb } = this.#compute;
    const [, , claimed] = await Promise.all([
      // This transaction may have changed the allocations of an existing server, or of others of the request: they have
      // to count too.
      isAlone ? null : sql`set constraints count_allocation immediate`.execute(tx),
      sql`select 1 from compute_nodes where host = ${host} for update`.execute(tx),
      // Sent together with the lock, and run once it is granted; the same computation as #roomOf.
      sql`
        insert into allocations (instance_id, host, vcpus, memory, disk)
        select ${id}, n.host, w.vcpus, w.memory, w.disk
        from (select ${flavor.vcpus}::int as vcpus, ${flavor.ram}::int as memory,
            ${flavor.disk + flavor.ephemeral}::int as disk) w
          join compute_nodes n on n.host = ${host}
          left join host_usage u on u.host = n.host
          left join allocations o on o.host = n.host and o.instance_id = ${id}
        where coalesce(u.vcpus, 0) - coalesce(o.vcpus, 0) + w.vcpus <= n.vcpus * ${cpuAllocationRatio}::float8
          and coalesce(u.memory, 0) - coalesce(o.memory, 0) + w.memory
            <= (n.memory - ${reservedHostMemoryMb}::int) * ${ramAllocationRatio}::float8
          and coalesce(u.disk, 0) - coalesce(o.disk, 0) + w.disk
            <= (n.disk - ${Math.ceil(reservedHostDiskMb / 1024)}::int) * ${diskAllocationRatio}::float8
        on conflict (instance_id) do update
          set host = excluded.host, vcpus = excluded.vcpus, memory = excluded.memory, disk = excluded.disk`.execute(tx),
    ]);
    return claimed.numAffectedRows === 1n;
  }
}

/**
 * The host that a create named, and the hosts that its build tried, do not limit later moves; its zone and hints do.
 */
function boundsOfBuild(instance: InstanceRow): RequestSpec {
  return instance.vm_state === 'building' ? instance.request_spec : {};
}

/** Puts one of the first `size` hosts first; the others keep their order (nova's filter scheduler). */
export function oneOfTheBest<H>(
  hosts: readonly H[],
  size: number,
  pick: (bound: number) => number = (bound) => randomInt(bound),
): readonly H[] {
  const at = hosts.length === 0 ? 0 : pick(Math.min(size, hosts.length));
  return [...hosts.slice(at, at + 1), ...hosts.slice(0, at), ...hosts.slice(at + 1)];
}
