import type { ServerAddress, ServerData, ServerFault } from '#libs/contracts';
import type { InstanceRow } from '../../instances/instance-row.js';
import { instanceName } from '../../instances/instance-name.js';
import type { InstanceNetworking } from '../../instances/instance-networking.js';
import type { Queries } from '../../store/index.js';

/** Makes the objects that travel of the rows: addresses and faults of a whole list are read at once. */
export class ServerObjects {
  readonly #networking: InstanceNetworking;
  readonly #nameTemplate: string;

  constructor(networking: InstanceNetworking, nameTemplate: string) {
    this.#networking = networking;
    this.#nameTemplate = nameTemplate;
  }

  /** `withUserData`: for the metadata service and for administrators. */
  async of(db: Queries, rows: readonly InstanceRow[], withUserData: boolean): Promise<ServerData[]> {
    const ids = rows.map((row) => row.id);
    const addresses = await this.#networking.addresses(db, ids);
    const faults = await loadFaults(db, rows);
    return rows.map((row) =>
      this.#object(row, addresses.get(row.id) ?? [], faults.get(row.id) ?? null, withUserData ? row.user_data : null),
    );
  }

  #object(
    row: InstanceRow,
    addresses: readonly ServerAddress[],
    fault: ServerFault | null,
    userData: string | null,
  ): ServerData {
    const { number, flavor_id: _flavorId, vcpus: _vcpus, ram: _ram, public_key: _publicKey, ...rest } = row;
    const { requested_networks: _networks, deleted: _deleted, repaired_at: _repairedAt, ...server } = rest;
    return {
      ...server,
      instance_name: instanceName(this.#nameTemplate, { id: row.id, number, hostname: row.hostname }),
      user_data: userData,
      addresses,
      fault,
    };
  }
}

/** Faults are shown of servers in ERROR and of deleted ones. */
async function loadFaults(db: Queries, rows: readonly InstanceRow[]): Promise<Map<string, ServerFault>> {
  const faulty = rows.filter((row) => row.vm_state === 'error' || row.deleted).map((row) => row.id);
  if (faulty.length === 0) return new Map();
  const faults = await db.selectFrom('instance_faults').selectAll().where('instance_id', 'in', faulty).execute();
  return new Map(
    faults.map(({ instance_id: id, created_at: created, code, message, details }) => [
      id,
      { code, message, details, created },
    ]),
  );
}
