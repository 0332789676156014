import { objectType, pageType } from '../objects/versioned-object.js';
import type { HostRoute } from '../network/subnets.js';
import type { FlavorData } from '../compute/resources/flavors.js';
import type { TaskState, VmState } from './server-states.js';

export interface ServerAddress {
  readonly network_name: string;
  readonly network_id: string;
  readonly port_id: string;
  readonly addr: string;
  readonly version: 4 | 6;
  readonly mac_address: string;
  /** The fixed address that a floating IP leads to; absent for a fixed address, whose floating IPs follow it. */
  readonly fixed_addr?: string;
}

export interface ServerFault {
  readonly code: number;
  readonly message: string;
  /** Only shown to administrators. */
  readonly details: string;
  readonly created: string;
}

/** nova's scheduler hints: those of the filters, and any others. */
export type SchedulerHints = Readonly<Record<string, unknown>>;

/** A server. Times are ISO 8601 UTC with microseconds and `Z`; views convert them to the format of each field. */
export interface ServerData {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly hostname: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly vm_state: VmState;
  readonly task_state: TaskState;
  readonly power_state: number;
  readonly progress: number;
  readonly host: string | null;
  readonly node: string | null;
  readonly instance_name: string;
  readonly availability_zone: string | null;
  /** Empty when booted without an image. */
  readonly image_ref: string;
  readonly flavor: FlavorData;
  readonly key_name: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly config_drive: boolean;
  /** Base64, null when none was given. Only in responses to the metadata service and to administrators. */
  readonly user_data: string | null;
  readonly access_ip_v4: string;
  readonly access_ip_v6: string;
  readonly locked: boolean;
  /** Why it is locked; null if no reason was given. Since 1.2. */
  readonly locked_reason?: string | null;
  readonly launch_index: number;
  readonly reservation_id: string;
  readonly root_device_name: string | null;
  /** nova's `OS-DCF:diskConfig` AUTO. */
  readonly auto_disk_config: boolean;
  /** Sorted. */
  readonly tags: readonly string[];
  readonly trusted_image_certificates: readonly string[] | null;
  /** Ids of its groups: none or one. */
  readonly server_groups: readonly string[];
  /** The requested zone, which moves keep. */
  readonly pinned_availability_zone: string | null;
  readonly scheduler_hints: SchedulerHints;
  /** The image's properties at the time of the build. */
  readonly image_properties: Readonly<Record<string, unknown>>;
  readonly security_groups: readonly string[];
  readonly addresses: readonly ServerAddress[];
  readonly fault: ServerFault | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly launched_at: string | null;
  readonly terminated_at: string | null;
}

/** All metadata items of a server. */
export interface ServerMetadataData {
  readonly items: Readonly<Record<string, string>>;
}

/** An address of a NIC, with data of its subnet. */
export interface InstanceNicAddress {
  readonly ip_address: string;
  readonly ip_version: 4 | 6;
  readonly cidr: string;
  readonly gateway_ip: string | null;
  readonly enable_dhcp: boolean;
  readonly ipv6_address_mode: string | null;
  readonly dns_nameservers: readonly string[];
  readonly host_routes: readonly HostRoute[];
}

/** A NIC of a server. */
export interface InstanceNic {
  readonly port_id: string;
  readonly mac_address: string;
  /** The port's `binding:vif_type`. */
  readonly vif_type: string;
  /** The device tag that the server was created with. */
  readonly tag: string | null;
  readonly network_id: string;
  /** The network's MTU. */
  readonly mtu: number;
  readonly fixed_ips: readonly InstanceNicAddress[];
}

/** The data that the metadata service needs about a server, in addition to the server itself. */
export interface InstanceMetadataData {
  readonly server: ServerData;
  readonly public_key: string | null;
  readonly ports: readonly { readonly port_id: string; readonly mac_address: string; readonly fixed_ip: string }[];
  /** In the requested order. Since 1.1. */
  readonly nics?: readonly InstanceNic[];
  /** As the guest stored it; null if there is none. Since 1.2. */
  readonly password?: string | null;
}

/** The result of an action, in addition to its acceptance; fields without a value are absent. Since 1.2. */
export interface ServerActionResultData {
  /** The console's text. */
  readonly output?: string;
  /** Of a rebuilt server, for its owner. */
  readonly user_data?: string | null;
  readonly image_id?: string;
  readonly port_id?: string;
  /** Of a console, with its token. */
  readonly url?: string;
}

export const ServerActionResult = objectType<ServerActionResultData>('ServerActionResult', '1.0');

export const Server = objectType<ServerData>('Server', '1.2', [
  {
    version: '1.1',
    contract: '1.1',
    adds: [
      'auto_disk_config',
      'tags',
      'trusted_image_certificates',
      'server_groups',
      'pinned_availability_zone',
      'scheduler_hints',
      'image_properties',
    ],
    missing: {
      tags: [],
      trusted_image_certificates: null,
      server_groups: [],
      pinned_availability_zone: null,
      scheduler_hints: {},
      image_properties: {},
    },
    // Before, every address was a fixed one.
    backport: (server) => ({
      ...server,
      addresses: server.addresses.filter(({ fixed_addr: fixed }) => fixed === undefined),
    }),
  },
  { version: '1.2', contract: '1.2', adds: ['locked_reason'], missing: { locked_reason: null } },
]);
export const ServerPage = pageType(Server);
export const ServerMetadata = objectType<ServerMetadataData>('ServerMetadata', '1.0');
export const InstanceMetadata = objectType<InstanceMetadataData>('InstanceMetadata', '1.2', [
  { version: '1.1', contract: '1.1', adds: ['nics'] },
  { version: '1.2', contract: '1.2', adds: ['password'], missing: { password: null } },
]);
