import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { BooleanText, InVersions, NumberText, Optional } from '#libs/contracts';

const MAX_INT = 2_147_483_647;

/** A disk in nova's first form. */
export class LegacyBlockDevice {
  @Optional() @IsString() @MaxLength(255) virtual_name?: string;
  @Optional() @IsUUID('loose') volume_id?: string;
  @Optional() @IsUUID('loose') snapshot_id?: string;
  @NumberText() @Optional() @IsInt() @Min(0) @Max(MAX_INT) volume_size?: number;
  @Optional() @IsString() @MinLength(1) @MaxLength(255) @Matches(/^[a-zA-Z0-9._/-]*$/) device_name?: string;
  @BooleanText() @Optional() @IsBoolean() delete_on_termination?: boolean;
  @Optional() no_device?: unknown;
  @Optional() @IsString() connection_info?: string;
}

/** A disk in nova's second form. */
export class BlockDevice extends LegacyBlockDevice {
  @Optional() @IsIn(['volume', 'image', 'snapshot', 'blank']) source_type?: 'volume' | 'image' | 'snapshot' | 'blank';
  @Optional() @IsIn(['local', 'volume']) destination_type?: 'local' | 'volume';
  @Optional() @IsString() @MinLength(1) @MaxLength(255) @Matches(/^[a-zA-Z0-9._-]*$/) uuid?: string;
  @Optional() @IsUUID('loose') image_id?: string;
  @Optional() @IsString() @MaxLength(255) guest_format?: string;
  @Optional() @IsString() @MaxLength(255) device_type?: string;
  @Optional() @IsString() @MaxLength(255) disk_bus?: string;
  @NumberText() @IsOptional() @IsInt() boot_index?: number | null;
  @InVersions(32, 32)
  @InVersions(42)
  @Optional()
  @IsString()
  @MinLength(1)
  @MaxLength(60)
  @Matches(/^[^,/]*$/)
  tag?: string;
  @InVersions(67) @IsOptional() @IsString() @MinLength(1) @MaxLength(255) volume_type?: string | null;
}
