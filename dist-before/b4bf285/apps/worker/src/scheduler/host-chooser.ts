import { sql } from 'kysely';
import { BINARIES } from '../service/service-registry.js';
import type { InstanceRow } from '../instances/instance-row.js';
import type { Transaction } from '../store/index.js';

/** What the scheduler takes from the configuration. */
export interface SchedulerSettings {
  readonly serviceDownTimeMs: number;
  readonly cpuAllocationRatio: number;
  readonly ramAllocationRatio: number;
  readonly diskAllocationRatio: number;
  /** MiB that servers may not have. */
  readonly reservedMemory: number;
  /** GiB that servers may not have. */
  readonly reservedDisk: number;
}

export interface ChosenHost {
  readonly host: string;
  readonly node: string;
  readonly zone: string;
}

/** Chooses hosts and claims their room, within the caller's transaction. */
export class HostChooser {
  readonly #settings: SchedulerSettings;

  constructor(settings: SchedulerSettings) {
    this.#settings = settings;
  }

  /** The enabled, living host with the most free memory that the server fits on; null when there is none. */
  async claim(tx: Transaction, instance: InstanceRow): Promise<ChosenHost | null> {
    for (const candidate of await this.#candidates(tx, instance.availability_zone)) {
      if (await this.#claimOn(tx, candidate.host, instance)) return candidate;
    }
    return null;
  }

  async #candidates(tx: Transaction, zone: string | null): Promise<ChosenHost[]> {
    const { serviceDownTimeMs, ramAllocationRatio } = this.#settings;
    const rows = await sql<ChosenHost>`
      select n.host, n.node, s.zone
      from compute_nodes n
      join services s on s.host = n.host and s."binary" = ${BINARIES['compute']}
      left join (select host, sum(memory) as memory from allocations group by host) a on a.host = n.host
      where not s.disabled
        and s.updated_at > clock_timestamp() - ${serviceDownTimeMs} * interval '1 millisecond'
        and (${zone}::text is null or s.zone = ${zone})
      order by n.memory * ${ramAllocationRatio}::float8 - coalesce(a.memory, 0) desc, n.host
      limit 50`.execute(tx);
    return rows.rows;
  }

  /** The lock on the host's row makes two schedulers take turns, so that together they never promise too much. */
  async #claimOn(tx: Transaction, host: string, instance: InstanceRow): Promise<boolean> {
    const node = await tx
      .selectFrom('compute_nodes')
      .selectAll()
      .where('host', '=', host)
      .forUpdate()
      .executeTakeFirst();
    if (node === undefined) return false;
    const used = await sql<{ vcpus: number; memory: number; disk: number }>`
      select coalesce(sum(vcpus), 0)::int8 as vcpus, coalesce(sum(memory), 0)::int8 as memory,
        coalesce(sum(disk), 0)::int8 as disk
      from allocations where host = ${host} and instance_id <> ${instance.id}`.execute(tx);
    const { vcpus = 0, memory = 0, disk = 0 } = used.rows[0] ?? {};
    const { cpuAllocationRatio, ramAllocationRatio, diskAllocationRatio, reservedMemory, reservedDisk } =
      this.#settings;
    const { flavor } = instance;
    const wanted = { vcpus: flavor.vcpus, memory: flavor.ram, disk: flavor.disk + flavor.ephemeral };
    const fits =
      vcpus + wanted.vcpus <= node.vcpus * cpuAllocationRatio &&
      memory + wanted.memory <= (node.memory - reservedMemory) * ramAllocationRatio &&
      disk + wanted.disk <= (node.disk - reservedDisk) * diskAllocationRatio;
    if (!fits) return false;
    await tx
      .insertInto('allocations')
      .values({ instance_id: instance.id, host, ...wanted })
      .onConflict((conflict) => conflict.column('instance_id').doUpdateSet({ host, ...wanted }))
      .execute();
    return true;
  }
}
