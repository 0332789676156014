import { Transform, Type, plainToInstance } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIP,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { InVersions } from '../../edge/validation/version-bounds.js';
import { BooleanText, IsHostname, IsMetadata, IsName, IsUserData, NumberText, Optional } from '../body-forms.js';

export class NetworkChoice {
  @Optional() @IsUUID('loose') uuid?: string;
  @Optional() @IsUUID('loose') port?: string;
  @Optional() @IsIP() fixed_ip?: string;
  @InVersions(42) @Optional() @IsString() @MinLength(1) @MaxLength(60) tag?: string;
}

export class SecurityGroupChoice {
  @IsString() @MinLength(1) @MaxLength(255) name!: string;
}

export class BlockDevice {
  @Optional() @IsIn(['volume', 'image', 'snapshot', 'blank']) source_type?: string;
  @Optional() @IsIn(['local', 'volume']) destination_type?: string;
  @Optional() boot_index?: unknown;
  @Optional() @IsString() uuid?: string;
  @Optional() volume_size?: unknown;
  @Optional() delete_on_termination?: unknown;
  @Optional() device_name?: unknown;
  @Optional() guest_format?: unknown;
  @Optional() disk_bus?: unknown;
  @Optional() device_type?: unknown;
  @Optional() no_device?: unknown;
  @InVersions(42) @Optional() tag?: unknown;
  @InVersions(67) @Optional() volume_type?: unknown;
}

/** Lists become instances, the words `auto` and `none` stay. */
const networkChoices = ({ value }: { value: unknown }): unknown =>
  Array.isArray(value) ? plainToInstance(NetworkChoice, value) : value;

export class ServerCreate {
  @IsString() @MinLength(1) @MaxLength(255) @IsName() name!: string;
  @Transform(({ value }: { value: unknown }) => (typeof value === 'number' ? String(value) : value))
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  flavorRef!: string;
  @Optional() @ValidateIf((_body, value) => value !== '') @IsUUID('loose') imageRef?: string;
  /** A list, or from 2.37 on (where it is required) `auto` or `none`. */
  @Transform(networkChoices)
  @Optional()
  @ValidateIf((_body, value) => typeof value !== 'string')
  @IsArray()
  @ArrayMaxSize(64)
  @ValidateNested({ each: true })
  networks?: NetworkChoice[] | 'auto' | 'none';
  @IsOptional() @IsString() @MinLength(1) @MaxLength(255) key_name?: string | null;
  @Optional() @IsMetadata() metadata?: Record<string, string>;
  @Optional()
  @IsArray()
  @ArrayMaxSize(64)
  @ValidateNested({ each: true })
  @Type(() => SecurityGroupChoice)
  security_groups?: SecurityGroupChoice[];
  @Optional() @IsUserData() user_data?: string;
  @Optional() @IsString() @MinLength(1) @MaxLength(255) @IsName() availability_zone?: string;
  @BooleanText() @Optional() @IsBoolean() config_drive?: boolean;
  @NumberText() @Optional() @IsInt() @Min(1) min_count?: number;
  @NumberText() @Optional() @IsInt() @Min(1) max_count?: number;
  @BooleanText() @Optional() @IsBoolean() return_reservation_id?: boolean;
  @Optional() @ValidateIf((_body, value) => value !== '') @IsIP(4) accessIPv4?: string;
  @Optional() @ValidateIf((_body, value) => value !== '') @IsIP(6) accessIPv6?: string;
  @Optional() @IsIn(['AUTO', 'MANUAL']) 'OS-DCF:diskConfig'?: string;
  @Optional()
  @IsArray()
  @ArrayMaxSize(255)
  @ValidateNested({ each: true })
  @Type(() => BlockDevice)
  block_device_mapping_v2?: BlockDevice[];
  @Optional() @IsArray() block_device_mapping?: unknown[];
  @Optional() @IsString() adminPass?: string;
  @InVersions(1, 56) @Optional() @IsArray() personality?: unknown[];
  @InVersions(19) @IsOptional() @IsString() @MaxLength(255) description?: string | null;
  @InVersions(52) @Optional() @IsArray() tags?: unknown[];
  @InVersions(63) @IsOptional() @IsArray() trusted_image_certificates?: unknown[] | null;
  @InVersions(74) @Optional() @IsString() @MaxLength(255) host?: string;
  @InVersions(74) @Optional() @IsString() @MaxLength(255) hypervisor_hostname?: string;
  @InVersions(90) @Optional() @IsHostname() hostname?: string;
}

/** `POST /servers`. */
export class ServerCreateBody {
  @IsObject() @ValidateNested() @Type(() => ServerCreate) server!: ServerCreate;
  @Optional() @IsObject() 'os:scheduler_hints'?: Record<string, unknown>;
  @Optional() @IsObject() 'OS-SCH-HNT:scheduler_hints'?: Record<string, unknown>;
}
