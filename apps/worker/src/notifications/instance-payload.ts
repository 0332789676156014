import type { TaskState, VmState, ServerAddress } from '#libs/contracts';
import type { InstanceRow } from '../instances/instance-row.js';

/** The end of a failed event, as nova's `.error` notifications describe it. */
export interface NoticeFailure {
  readonly code: number;
  readonly message: string;
  readonly exception: string;
}

/** Further data of an update, beside the server. */
export interface StateUpdate {
  readonly states: {
    readonly old_state: VmState;
    readonly state: VmState;
    readonly old_task_state: TaskState;
    readonly new_task_state: TaskState;
  };
  /** The current month so far, as with nova's default audit period. */
  readonly period: { readonly begin: Date; readonly end: Date };
  readonly oldName?: string | undefined;
}

/** One event of a server, before it is formatted as a notification. */
export interface InstanceNotice {
  /** `create.start`, `update`. */
  readonly what: string;
  /** nova's unversioned `create.end` has the message `Success`. */
  readonly message?: string;
  readonly failure?: NoticeFailure;
  readonly update?: StateUpdate;
}

/** `2026-11-21T20:49:56.123456`, as Python's isoformat; empty for an absent time. */
function isoTime(time: string | null): string {
  return time === null ? '' : time.replace(/Z$/, '');
}

/** The data of a server in all of nova's notifications (nova/notifications/base.py: info_from_instance). */
export function instancePayload(row: InstanceRow, addresses?: readonly ServerAddress[]): Record<string, unknown> {
  const { flavor } = row;
  return {
    tenant_id: row.project_id,
    user_id: row.user_id,
    instance_id: row.id,
    display_name: row.name,
    reservation_id: row.reservation_id,
    hostname: row.hostname,
    instance_type: flavor.name,
    // A row number in nova's database; here the flavor's id takes its place.
    instance_type_id: flavor.id,
    instance_flavor_id: flavor.id,
    architecture: null,
    memory_mb: flavor.ram,
    disk_gb: flavor.disk + flavor.ephemeral,
    vcpus: flavor.vcpus,
    root_gb: flavor.disk,
    ephemeral_gb: flavor.ephemeral,
    host: row.host,
    node: row.node,
    availability_zone: row.availability_zone,
    cell_name: '',
    // Not an ISO time: nova writes this one with a space.
    created_at: isoTime(row.created_at)
      .replace('T', ' ')
      .replace(/\.\d+$/, '')
      .concat('+00:00'),
    terminated_at: isoTime(row.terminated_at),
    deleted_at: row.deleted ? isoTime(row.terminated_at) : '',
    launched_at: isoTime(row.launched_at),
    image_ref_url: row.image_ref === '' ? null : row.image_ref,
    os_type: null,
    kernel_id: '',
    ramdisk_id: '',
    state: row.vm_state,
    state_description: row.task_state ?? '',
    progress: row.progress === 0 ? '' : row.progress,
    access_ip_v4: row.access_ip_v4 === '' ? null : row.access_ip_v4,
    access_ip_v6: row.access_ip_v6 === '' ? null : row.access_ip_v6,
    image_meta: row.image_ref === '' ? {} : { base_image_ref: row.image_ref },
    metadata: row.metadata,
    ...(addresses === undefined ? {} : { fixed_ips: fixedIps(addresses) }),
  };
}

function fixedIps(addresses: readonly ServerAddress[]): readonly Record<string, unknown>[] {
  const floating = (address: ServerAddress): readonly object[] =>
    addresses
      .filter((each) => each.port_id === address.port_id && each.fixed_addr === address.addr)
      .map(({ addr, version }) => ({ address: addr, type: 'floating', version, meta: {} }));
  return addresses
    .filter(({ fixed_addr: fixed }) => fixed === undefined)
    .map((address) => ({
      address: address.addr,
      type: 'fixed',
      version: address.version,
      meta: {},
      floating_ips: floating(address),
      label: address.network_name,
      vif_mac: address.mac_address,
    }));
}
