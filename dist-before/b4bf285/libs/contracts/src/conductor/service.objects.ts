import { objectType } from '../objects/versioned-object.js';
import type { Page } from '../objects/versioned-object.js';

/** A registered service (a compute host): alive while it reports. */
export interface ServiceData {
  readonly id: string;
  readonly binary: string;
  readonly host: string;
  readonly zone: string;
  readonly status: 'enabled' | 'disabled';
  /** `up` while the last report is younger than `service_down_time`. */
  readonly state: 'up' | 'down';
  readonly disabled_reason: string | null;
  readonly updated_at: string;
}

/** A compute host with what its driver offers, and what servers have of it. MiB of memory, GiB of disk. */
export interface HypervisorData {
  /** The id of its compute service. */
  readonly id: string;
  readonly host: string;
  readonly node: string;
  readonly status: 'enabled' | 'disabled';
  readonly state: 'up' | 'down';
  readonly disabled_reason: string | null;
  readonly vcpus: number;
  readonly memory: number;
  readonly disk: number;
  readonly vcpus_used: number;
  readonly memory_used: number;
  readonly disk_used: number;
  readonly servers: number;
}

/** Limits and use of a project. */
export interface LimitsData {
  readonly max_instances: number;
  readonly max_cores: number;
  readonly max_ram: number;
  readonly max_keypairs: number;
  readonly max_server_metadata: number;
  readonly max_server_groups: number;
  readonly max_server_group_members: number;
  readonly used_instances: number;
  readonly used_cores: number;
  readonly used_ram: number;
  readonly used_server_groups: number;
}

export const HypervisorPage = objectType<Page<HypervisorData>>('HypervisorPage', '1.0');
export const Service = objectType<ServiceData>('Service', '1.0');
export const ServicePage = objectType<Page<ServiceData>>('ServicePage', '1.0');
export const Limits = objectType<LimitsData>('Limits', '1.0');
