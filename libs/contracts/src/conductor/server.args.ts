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
import { Nested, Since } from '#libs/messaging';
import { SERVER_ACTION_NAMES } from '../server-actions/index.js';
import type { ServerActionName } from '../server-actions/index.js';
import type { SchedulerHints } from './server.objects.js';

/** A requested network of a create: a network (any address), a network with an address, or an existing port. */
export class RequestedNetwork {
  @IsOptional() @IsString() @MaxLength(255) readonly uuid?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly port?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly fixed_ip?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly tag?: string;
}

/** A file of a create: contents in base64. */
export class InjectedFile {
  @IsString() @MaxLength(1024) readonly path!: string;
  @IsString() readonly contents!: string;
}

/** A disk in a create, in nova's newer form; `volume` is set if it would have to be a volume. */
export class BlockDeviceArgs {
  @IsIn(['volume', 'image', 'snapshot', 'blank']) readonly source_type!: 'volume' | 'image' | 'snapshot' | 'blank';
  @IsIn(['local', 'volume']) readonly destination_type!: 'local' | 'volume';
  /** The id of the image, volume or snapshot. */
  @IsOptional() @IsString() @MaxLength(255) readonly uuid?: string;
  @IsOptional() @IsInt() readonly boot_index?: number | null;
  /** GiB; MiB of a swap disk. */
  @IsOptional() @IsInt() @Min(0) readonly volume_size?: number;
  @IsBoolean() readonly delete_on_termination!: boolean;
  @IsOptional() @IsString() @MaxLength(255) readonly device_name?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly device_type?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly disk_bus?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly guest_format?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly tag?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly volume_type?: string;
}

export class ServerCreateArgs {
  @IsString() @MinLength(1) @MaxLength(255) readonly name!: string;
  @IsOptional() @IsString() @MaxLength(255) readonly description?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly hostname?: string;
  /** Empty: no image (the driver chooses what it boots). */
  @IsString() @MaxLength(255) readonly image_ref!: string;
  @IsString() @MaxLength(255) readonly flavor_ref!: string;
  /** `auto`: the one network that the project can use; `none`: no port at all; otherwise the list. */
  @IsIn(['auto', 'none', 'list']) readonly network_mode!: 'auto' | 'none' | 'list';
  @IsArray()
  @ArrayMaxSize(64)
  @ValidateNested({ each: true })
  @Nested(() => RequestedNetwork)
  readonly networks!: readonly RequestedNetwork[];
  @IsOptional() @IsString() @MaxLength(255) readonly key_name?: string;
  @IsOptional() @IsObject() readonly metadata?: Readonly<Record<string, string>>;
  @IsOptional() @IsString() @MaxLength(65_535) readonly user_data?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly availability_zone?: string;
  @IsOptional() @IsBoolean() readonly config_drive?: boolean;
  @IsOptional() @IsArray() @IsString({ each: true }) readonly security_groups?: readonly string[];
  @Since('1.1') @IsOptional() @IsBoolean() readonly auto_disk_config?: boolean;
  @Since('1.1') @IsOptional() @IsArray() @ArrayMaxSize(50) @IsString({ each: true }) readonly tags?: readonly string[];
  @Since('1.1')
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  readonly trusted_image_certificates?: readonly string[] | null;
  /** nova's `os:scheduler_hints`, unchanged. */
  @Since('1.1') @IsOptional() @IsObject() readonly scheduler_hints?: SchedulerHints;
  /** Files that the guest gets before its first start. */
  @Since('1.1')
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Nested(() => InjectedFile)
  readonly personality?: readonly InjectedFile[];
  /** The host, and the node, on which the server must be built; the scheduler's filters apply. */
  @Since('1.1') @IsOptional() @IsString() @MaxLength(255) readonly host?: string;
  @Since('1.1') @IsOptional() @IsString() @MaxLength(255) readonly hypervisor_hostname?: string;
  /** Absent: the image, and the disks of the flavor. */
  @Since('1.2')
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(255)
  @ValidateNested({ each: true })
  @Nested(() => BlockDeviceArgs)
  readonly block_devices?: readonly BlockDeviceArgs[];
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
  @Since('1.1') @IsOptional() @IsBoolean() readonly auto_disk_config?: boolean;
  /** null unpins; otherwise the zone of the server. */
  @Since('1.1') @IsOptional() @IsString() @MaxLength(255) readonly pinned_availability_zone?: string | null;
}

/** The actions of version 1.0. */
const FIRST_ACTIONS = ['start', 'stop', 'reboot'] as const;

export class ServerActionArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  @IsIn(FIRST_ACTIONS) readonly action!: (typeof FIRST_ACTIONS)[number];
  /** Only for `reboot`. */
  @IsOptional() @IsIn(['SOFT', 'HARD']) readonly reboot_type?: 'SOFT' | 'HARD';
}

/** An action on a server, one of those declared in server-actions. */
export class ServerActArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  @IsIn(SERVER_ACTION_NAMES) readonly action!: ServerActionName;
  /** The value under the action's key, checked against its class; it never contains passwords. */
  @IsOptional() @IsObject() readonly body?: object;
  /** N of the request's microversion 2.N. */
  @IsInt() @Min(1) @Max(100_000) readonly microversion!: number;
}

export const METADATA_CHANGES = ['add', 'set', 'replace', 'delete'] as const;
export type MetadataChange = (typeof METADATA_CHANGES)[number];

/**
 * `add` several items, `set` one, `replace` all of them, or `delete` those that `items` names (its values are unused).
 */
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
  /** The source address of the request. */
  @IsOptional() @IsString() @MaxLength(64) readonly address?: string;
}
