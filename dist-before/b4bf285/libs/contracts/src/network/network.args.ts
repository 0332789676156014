import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

/** A network as asked for; absent fields keep their value or take the default. */
export class NetworkInput {
  @IsOptional() @IsString() @MaxLength(255) readonly name?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly description?: string;
  /** Owner; others than the caller's own need the policy's leave. */
  @IsOptional() @IsString() @MaxLength(255) readonly project_id?: string;
  @IsOptional() @IsBoolean() readonly admin_state_up?: boolean;
  @IsOptional() @IsBoolean() readonly shared?: boolean;
  @IsOptional() @IsBoolean() readonly router_external?: boolean;
  @IsOptional() @IsBoolean() readonly is_default?: boolean;
  @IsOptional() @IsInt() @Min(68) @Max(65_535) readonly mtu?: number;
  @IsOptional() @IsBoolean() readonly port_security_enabled?: boolean;
  @IsOptional() @IsString() @MaxLength(255) readonly dns_domain?: string;
  @IsOptional() @IsArray() @IsString({ each: true }) readonly availability_zone_hints?: readonly string[];
  @IsOptional() @IsString() @MaxLength(32) readonly provider_network_type?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly provider_physical_network?: string | null;
  @IsOptional() @IsInt() readonly provider_segmentation_id?: number | null;
}

export class AllocationPoolInput {
  @IsString() @MaxLength(64) readonly start!: string;
  @IsString() @MaxLength(64) readonly end!: string;
}

export class HostRouteInput {
  @IsString() @MaxLength(64) readonly destination!: string;
  @IsString() @MaxLength(64) readonly nexthop!: string;
}

export class SubnetInput {
  /** Required on create, refused on update. */
  @IsOptional() @IsString() @MaxLength(255) readonly network_id?: string;
  @IsOptional() @IsIn([4, 6]) readonly ip_version?: 4 | 6;
  @IsOptional() @IsString() @MaxLength(64) readonly cidr?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly name?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly description?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly project_id?: string;
  /** null: the subnet has no gateway. Absent on create: the first address. */
  @IsOptional() @IsString() @MaxLength(64) readonly gateway_ip?: string | null;
  @IsOptional() @IsBoolean() readonly enable_dhcp?: boolean;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(256)
  @ValidateNested({ each: true })
  @Type(() => AllocationPoolInput)
  readonly allocation_pools?: readonly AllocationPoolInput[];
  @IsOptional() @IsArray() @IsString({ each: true }) readonly dns_nameservers?: readonly string[];
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => HostRouteInput)
  readonly host_routes?: readonly HostRouteInput[];
  @IsOptional() @IsString() readonly ipv6_ra_mode?: string | null;
  @IsOptional() @IsString() readonly ipv6_address_mode?: string | null;
}

/** An address as asked for: a subnet (any free address of it), an address, or both. */
export class FixedIpInput {
  @IsOptional() @IsString() @MaxLength(255) readonly subnet_id?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly ip_address?: string;
}

export class PortInput {
  /** Required on create, refused on update. */
  @IsOptional() @IsString() @MaxLength(255) readonly network_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly name?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly description?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly project_id?: string;
  @IsOptional() @IsBoolean() readonly admin_state_up?: boolean;
  @IsOptional() @IsString() @MaxLength(32) readonly mac_address?: string;
  /** Absent on create: one address of each IP version that the network has subnets for. Empty: none. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(64)
  @ValidateNested({ each: true })
  @Type(() => FixedIpInput)
  readonly fixed_ips?: readonly FixedIpInput[];
  @IsOptional() @IsString() @MaxLength(255) readonly device_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly device_owner?: string;
  @IsOptional() @IsBoolean() readonly port_security_enabled?: boolean;
  @IsOptional() @IsArray() @IsObject({ each: true }) readonly allowed_address_pairs?: readonly {
    readonly ip_address: string;
    readonly mac_address?: string;
  }[];
  @IsOptional() @IsString() @MaxLength(255) readonly binding_host_id?: string;
  @IsOptional() @IsString() @MaxLength(32) readonly binding_vnic_type?: string;
  @IsOptional() @IsObject() readonly binding_profile?: Readonly<Record<string, unknown>>;
  @IsOptional() @IsString() @MaxLength(255) readonly dns_name?: string;
}

const BULK_LIMIT = 1000;

/** All or nothing: one entry for a plain create, several for a bulk one. */
export class NetworkCreateArgs {
  @IsArray()
  @ArrayMaxSize(BULK_LIMIT)
  @ValidateNested({ each: true })
  @Type(() => NetworkInput)
  readonly networks!: readonly NetworkInput[];
}

export class SubnetCreateArgs {
  @IsArray()
  @ArrayMaxSize(BULK_LIMIT)
  @ValidateNested({ each: true })
  @Type(() => SubnetInput)
  readonly subnets!: readonly SubnetInput[];
}

export class PortCreateArgs {
  @IsArray()
  @ArrayMaxSize(BULK_LIMIT)
  @ValidateNested({ each: true })
  @Type(() => PortInput)
  readonly ports!: readonly PortInput[];
}

export class NetworkUpdateArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  @ValidateNested() @Type(() => NetworkInput) readonly network!: NetworkInput;
  /** From `If-Match`: another number in the row is RevisionNumberConstraintFailed. */
  @IsOptional() @IsInt() @Min(0) readonly expected_revision?: number;
}

export class SubnetUpdateArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  @ValidateNested() @Type(() => SubnetInput) readonly subnet!: SubnetInput;
  /** From `If-Match`: another number in the row is RevisionNumberConstraintFailed. */
  @IsOptional() @IsInt() @Min(0) readonly expected_revision?: number;
}

export class PortUpdateArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  @ValidateNested() @Type(() => PortInput) readonly port!: PortInput;
  /** From `If-Match`: another number in the row is RevisionNumberConstraintFailed. */
  @IsOptional() @IsInt() @Min(0) readonly expected_revision?: number;
}

/** Deletes a network, subnet or port. */
export class NetworkDeleteArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  /** From `If-Match`: another number in the row is RevisionNumberConstraintFailed. */
  @IsOptional() @IsInt() @Min(0) readonly expected_revision?: number;
}
