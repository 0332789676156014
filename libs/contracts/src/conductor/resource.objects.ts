import { objectType } from '../objects/versioned-object.js';
import type { VmState } from './server-states.js';

export interface FlavorAccessData {
  readonly flavor_id: string;
  readonly is_public: boolean;
  readonly projects: readonly string[];
}

export interface ServerTagsData {
  readonly tags: readonly string[];
  /** Whether an added tag was new. */
  readonly added: boolean;
}

/** The usage of a server in a period; in hours, GiB and MiB. */
export interface ServerUsageData {
  readonly id: string;
  readonly name: string;
  readonly project_id: string;
  readonly flavor: string;
  readonly vm_state: VmState;
  readonly hours: number;
  readonly uptime: number;
  readonly vcpus: number;
  readonly memory_mb: number;
  readonly local_gb: number;
  readonly started_at: string;
  readonly ended_at: string | null;
}

/** Servers by project, the oldest first; `start` and `stop` as they were counted. */
export interface UsageData {
  readonly start: string;
  readonly stop: string;
  readonly servers: readonly ServerUsageData[];
}

export const FlavorAccess = objectType<FlavorAccessData>('FlavorAccess', '1.0');
export const ServerTags = objectType<ServerTagsData>('ServerTags', '1.0');
export const Usage = objectType<UsageData>('Usage', '1.0');
