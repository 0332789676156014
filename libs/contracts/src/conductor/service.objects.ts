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

/** Limits and use of the caller's project. */
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

export const ServicePage = objectType<Page<ServiceData>>('ServicePage', '1.0');
export const Limits = objectType<LimitsData>('Limits', '1.0');
