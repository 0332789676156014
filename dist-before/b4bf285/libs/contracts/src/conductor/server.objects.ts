import { objectType } from '../objects/versioned-object.js';
import type { Page } from '../objects/versioned-object.js';
import type { FlavorData } from './flavor.objects.js';

/** nova's vm_state. */
export type VmState = 'building' | 'active' | 'stopped' | 'error' | 'deleted';

/** nova's task_state: what is being done to the server, null when nothing. */
export type TaskState =
  | 'scheduling'
  | 'networking'
  | 'spawning'
  | 'powering-on'
  | 'powering-off'
  | 'rebooting'
  | 'rebooting_hard'
  | 'deleting'
  | null;

/** nova's power_state numbers. */
export const POWER_STATE = { NOSTATE: 0, RUNNING: 1, PAUSED: 3, SHUTDOWN: 4, CRASHED: 6, SUSPENDED: 7 } as const;

export interface ServerAddress {
  readonly network_name: string;
  readonly network_id: string;
  readonly port_id: string;
  readonly addr: string;
  readonly version: 4 | 6;
  readonly mac_address: string;
}

export interface ServerFault {
  readonly code: number;
  readonly message: string;
  /** Only shown to administrators. */
  readonly details: string;
  readonly created: string;
}

/** A server. Times are ISO 8601 UTC with microseconds and `Z`; views cut them to the form of each field. */
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
  /** Base64, null when none was given. Only in answers to the metadata service and to administrators. */
  readonly user_data: string | null;
  readonly access_ip_v4: string;
  readonly access_ip_v6: string;
  readonly locked: boolean;
  readonly launch_index: number;
  readonly reservation_id: string;
  readonly root_device_name: string | null;
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

/** What the metadata service needs of a server beyond the server itself. */
export interface InstanceMetadataData {
  readonly server: ServerData;
  readonly public_key: string | null;
  readonly ports: readonly { readonly port_id: string; readonly mac_address: string; readonly fixed_ip: string }[];
}

export const Server = objectType<ServerData>('Server', '1.0');
export const ServerPage = objectType<Page<ServerData>>('ServerPage', '1.0');
export const ServerMetadata = objectType<ServerMetadataData>('ServerMetadata', '1.0');
export const InstanceMetadata = objectType<InstanceMetadataData>('InstanceMetadata', '1.0');
