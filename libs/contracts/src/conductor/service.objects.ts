import { IsBoolean, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { OptionalSince, Since } from '#libs/messaging';
import { ListArgs } from '../objects/list-args.js';
import { objectType } from '../objects/versioned-object.js';

export class HypervisorListArgs extends ListArgs {
  /** Also returns the servers on each host. */
  @Since('1.1') @IsOptional() @IsBoolean() readonly with_servers?: boolean;
}

/** A service by its id, or by its host and binary. */
export class ServiceUpdateArgs {
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly host?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly binary?: string;
  @OptionalSince('1.1') @IsOptional() @IsIn(['enabled', 'disabled']) readonly status?: 'enabled' | 'disabled';
  @Since('1.1') @IsOptional() @IsBoolean() readonly forced_down?: boolean;
  /** Kept while the service is disabled. */
  @IsOptional() @IsString() @MaxLength(255) readonly disabled_reason?: string;
}

/** Limits and usage of a project. */
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
  /** Network limits: stored and shown, as in nova, but not enforced; the Network API has its own limits. */
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
