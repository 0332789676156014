import type { ServerAddress, ServerData, ServerFault } from '#libs/contracts';
import type { InstanceRow } from '../../instances/instance-row.js';
import { instanceName } from '../../instances/instance-name.js';
import type { InstanceNetworking } from '../../instances/instance-networking.js';
import type { Queries } from '../../store/index.js';

/** Makes the objects of the API from rows: addresses, groups and faults of a whole list are read at once. */
export class ServerObjects {
  readonly #networking: InstanceNetworking;
  readonly #nameTemplate: string;

  constructor(networking: InstanceNetworking, nameTemplate: string) {
    this.#networking = networking;
    this.#nameTemplate = nameTemplate;
  }

  /** `withUserData`: for the metadata service and for administrators. */
  async of(db: Queries, rows: readonly InstanceRow[], withUserData: boolean): Promise<ServerData[]> {
    const { addresses, groups } = await this.#networking.networkInfo(db, rows);
    const faults = await loadFaults(db, rows);
    return rows.map((row) =>
      this.#object(
        row,
        addresses.get(row.id) ?? [],
        groups.get(row.id) ?? askedGroups(row),
        faults.get(row.id) ?? null,
        withUserData ? row.user_data : null,
      ),
    );
  }

  /** A new server, without ports or a fault. */
  ofNew(row: InstanceRow, withUserData: boolean): ServerData {
    return this.#object(row, [], askedGroups(row), null, withUserData ? row.user_data : null);
  }

  #object(
    row: InstanceRow,
    addresses: readonly ServerAddress[],
    securityGroups: readonly string[],
    fault: ServerFault | null,
    userData: string | null,
  ): ServerData {
    // Every field by its name: copying a row of this size with a rest pattern costs ten times as much.
    return {
      id: row.id,
      name: row.name,
      description: row.description,
      hostname: row.hostname,
      project_id: row.project_id,
      user_id: row.user_id,
      vm_state: row.vm_state,
      task_state: row.task_state,
      power_state: row.power_state,
      progress: row.progress,
      host: row.host,
      node: row.node,
      instance_name: instanceName(this.#nameTemplate, row),
      availability_zone: row.availability_zone,
      image_ref: row.image_ref,
      flavor: row.flavor,
      key_name: row.key_name,
      metadata: row.metadata,
      config_drive: row.config_drive,
      user_data: userData,
      access_ip_v4: row.access_ip_v4,
      access_ip_v6: row.access_ip_v6,
      locked: row.locked,
      locked_reason: row.locked_reason,
      launch_index: row.launch_index,
      reservation_id: row.reservation_id,
      root_device_name: row.root_device_name,
      auto_disk_config: row.auto_disk_config,
      tags: row.tags,
      trusted_image_certificates: row.trusted_certs,
      server_groups: row.server_group_id === null ? [] : [row.server_group_id],
      pinned_availability_zone: row.request_spec.availability_zone ?? null,
      scheduler_hints: row.request_spec.scheduler_hints ?? {},
      image_properties: row.image_properties,
      security_groups: securityGroups,
      created_at: row.created_at,
      updated_at: row.updated_at,
      launched_at: row.launched_at,
      terminated_at: row.terminated_at,
      addresses,
      fault,
    };
  }
}

/** The requested groups, shown until the server has ports. */
function askedGroups({ vm_state: state, request_spec: spec, security_groups: groups }: InstanceRow): readonly string[] {
  return state === 'building' ? (spec.security_groups ?? groups) : [];
}

/** Faults are shown for servers in ERROR and for deleted ones. */
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
