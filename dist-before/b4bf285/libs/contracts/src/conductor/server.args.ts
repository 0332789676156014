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
  MinLength,
  ValidateNested,
} from 'class-validator';

/** A network as asked for on create: a network (any address), a network with an address, or a port that exists. */
export class RequestedNetwork {
  @IsOptional() @IsString() @MaxLength(255) readonly uuid?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly port?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly fixed_ip?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly tag?: string;
}

export class ServerCreateArgs {
  @IsString() @MinLength(1) @MaxLength(255) readonly name!: string;
  @IsOptional() @IsString() @MaxLength(255) readonly description?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly hostname?: string;
  /** Empty: no image (the driver boots what it likes). */
  @IsString() @MaxLength(255) readonly image_ref!: string;
  @IsString() @MaxLength(255) readonly flavor_ref!: string;
  /** `auto`: the one network that the project can use; `none`: no port at all; else the list. */
  @IsIn(['auto', 'none', 'list']) readonly network_mode!: 'auto' | 'none' | 'list';
  @IsArray()
  @ArrayMaxSize(64)
  @ValidateNested({ each: true })
  @Type(() => RequestedNetwork)
  readonly networks!: readonly RequestedNetwork[];
  @IsOptional() @IsString() @MaxLength(255) readonly key_name?: string;
  @IsOptional() @IsObject() readonly metadata?: Readonly<Record<string, string>>;
  @IsOptional() @IsString() @MaxLength(65_535) readonly user_data?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly availability_zone?: string;
  @IsOptional() @IsBoolean() readonly config_drive?: boolean;
  @IsOptional() @IsArray() @IsString({ each: true }) readonly security_groups?: readonly string[];
  @IsOptional() @IsString() @MaxLength(64) readonly access_ip_v4?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly access_ip_v6?: string;
  @IsInt() @Min(1) @Max(1000) readonly min_count!: number;
  @IsInt() @Min(1) @Max(1000) readonly max_count!: number;
}

/** Absent fields keep their value. */
export class ServerUpdateArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  @IsOptional() @IsString() @MinLength(1) @MaxLength(255) readonly name?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly description?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly hostname?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly access_ip_v4?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly access_ip_v6?: string;
}

export const SERVER_ACTIONS = ['start', 'stop', 'reboot'] as const;
export type ServerAction = (typeof SERVER_ACTIONS)[number];

export class ServerActionArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  @IsIn(SERVER_ACTIONS) readonly action!: ServerAction;
  /** Only for `reboot`. */
  @IsOptional() @IsIn(['SOFT', 'HARD']) readonly reboot_type?: 'SOFT' | 'HARD';
}

export const METADATA_CHANGES = ['add', 'set', 'replace', 'delete'] as const;
export type MetadataChange = (typeof METADATA_CHANGES)[number];

/** `add` several items, `set` one, `replace` all of them, `delete` those that `items` names (its values are unused). */
export class ServerMetadataArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  @IsIn(METADATA_CHANGES) readonly change!: MetadataChange;
  @IsObject() readonly items!: Readonly<Record<string, string>>;
}

/** One of the three ways in which a metadata request names its server. */
export class InstanceMetadataArgs {
  /** With `tenant_id`: from the signed headers of a metadata proxy. */
  @IsOptional() @IsString() @MaxLength(255) readonly instance_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly tenant_id?: string;
  /** The address that the request came from. */
  @IsOptional() @IsString() @MaxLength(64) readonly address?: string;
}
