import { objectType } from '../objects/versioned-object.js';

/** Limits and use of a project. */
export interface LimitsData {
  readonly max_instances: number;
  readonly max_cores: number;
  readonly max_ram: number;
  readonly max_keypairs: number;
  readonly max_server_metadata: number;
  readonly max_server_groups: number;
  readonly max_server_group_members: number;
  readonly max_injected_files: number;
  readonly max_injected_file_content_bytes: number;
  readonly max_injected_file_path_bytes: number;
  /** Of networks: kept and told, as nova does, and held by nothing; the Network API has limits of its own. */
  readonly max_fixed_ips: number;
  readonly max_floating_ips: number;
  readonly max_security_groups: number;
  readonly max_security_group_rules: number;
  readonly used_instances: number;
  readonly used_cores: number;
  readonly used_ram: number;
  readonly used_server_groups: number;
}

export const Limits = objectType<LimitsData>('Limits', '1.2', [
  {
    version: '1.1',
    contract: '1.1',
    adds: ['max_injected_files', 'max_injected_file_content_bytes', 'max_injected_file_path_bytes'],
  },
  {
    version: '1.2',
    contract: '1.2',
    adds: ['max_fixed_ips', 'max_floating_ips', 'max_security_groups', 'max_security_group_rules'],
    missing: { max_fixed_ips: -1, max_floating_ips: -1, max_security_groups: -1, max_security_group_rules: -1 },
  },
]);
