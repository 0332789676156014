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
import {
  BooleanText,
  InVersions,
  IsBase64Text,
  IsHostname,
  IsMetadata,
  IsName,
  IsTag,
  IsTrustedCertificates,
  IsUserData,
  MAX_TAGS,
  NumberText,
  Optional,
} from '#libs/contracts';
import type { SchedulerHints } from '#libs/contracts';
import { Nested, ReadAs } from '#libs/messaging';
import { BlockDevice, LegacyBlockDevice } from './block-device.dto.js';
import { IsSchedulerHints } from './scheduler-hints.js';

export class NetworkChoice {
  @Optional() @IsUUID('loose') uuid?: string;
  @Optional() @IsUUID('loose') port?: string;
  @Optional() @IsIP() fixed_ip?: string;
  /** nova lost it by mistake in 2.37, and has had it again since 2.42. */
  @InVersions(32, 36) @InVersions(42) @Optional() @IsString() @MinLength(1) @MaxLength(60) tag?: string;
}

export class SecurityGroupChoice {
  @IsString() @MinLength(1) @MaxLength(255) name!: string;
}

export class PersonalityFile {
  @IsString() @MaxLength(1024) path!: string;
  @IsBase64Text() contents!: string;
}

export class ServerCreate {
  @IsString() @MinLength(1) @MaxLength(255) @IsName() name!: string;
  @ReadAs((value) => (typeof value === 'number' ? String(value) : value))
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  flavorRef!: string;
  @Optional() @ValidateIf((_body, value) => value !== '') @IsUUID('loose') imageRef?: string;
  /** A list, or from 2.37 on (where it is required) `auto` or `none`. */
  @Nested(() => NetworkChoice)
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
  @Nested(() => SecurityGroupChoice)
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
  @Nested(() => BlockDevice)
  block_device_mapping_v2?: BlockDevice[];
  @Optional()
  @IsArray()
  @ArrayMaxSize(255)
  @ValidateNested({ each: true })
  @Nested(() => LegacyBlockDevice)
  block_device_mapping?: LegacyBlockDevice[];
  @Optional() @IsString() adminPass?: string;
  @InVersions(1, 56)
  @Optional()
  @IsArray()
  @ValidateNested({ each: true })
  @Nested(() => PersonalityFile)
  personality?: PersonalityFile[];
  @InVersions(19) @IsOptional() @IsString() @MaxLength(255) description?: string | null;
  @InVersions(52) @Optional() @IsArray() @ArrayMaxSize(MAX_TAGS) @IsTag({ each: true }) tags?: string[];
  @InVersions(63) @IsOptional() @IsTrustedCertificates() trusted_image_certificates?: string[] | null;
  @InVersions(74) @Optional() @IsString() @MinLength(1) @MaxLength(255) @IsHostname() host?: string;
  @InVersions(74) @Optional() @IsString() @MinLength(1) @MaxLength(255) @IsHostname() hypervisor_hostname?: string;
  @InVersions(90) @Optional() @IsHostname() hostname?: string;
}

/** `POST /servers`. */
export class ServerCreateBody {
  @IsObject() @ValidateNested() @Nested(() => ServerCreate) server!: ServerCreate;
  @Optional() @IsSchedulerHints() 'os:scheduler_hints'?: SchedulerHints;
  @Optional() @IsSchedulerHints() 'OS-SCH-HNT:scheduler_hints'?: SchedulerHints;
}
