import {
  IsIn,
  IsInt,
  IsObject,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { BooleanText, InVersions, NumberText, Optional } from '#libs/contracts';
import { Nested } from '#libs/messaging';

const OptionalOrNull = (): PropertyDecorator => ValidateIf((_body, value) => value !== undefined && value !== null);

/** nova's match_device. */
const DEVICE = /(^\/dev\/x{0,1}[a-z]{0,1}d{0,1})([a-z]+)[0-9]*$/;

export class VolumeAttachment {
  @IsUUID('loose') volumeId!: string;
  @OptionalOrNull() @IsString() @Matches(DEVICE) device?: string | null;
  @InVersions(49) @Optional() @IsString() @MinLength(1) @MaxLength(60) @Matches(/^[^,/]*$/) tag?: string;
  @InVersions(79) @Optional() @BooleanText() @IsIn([true, false]) delete_on_termination?: boolean;
}

export class VolumeAttachmentBody {
  @IsObject() @ValidateNested() @Nested(() => VolumeAttachment) volumeAttachment!: VolumeAttachment;
}

/** The fields of a GET response, which may be sent back since 2.85. */
export class VolumeAttachmentUpdate {
  @IsUUID('loose') volumeId!: string;
  @InVersions(85) @OptionalOrNull() @IsString() @Matches(DEVICE) device?: string | null;
  @InVersions(85) @Optional() @IsString() @MinLength(1) @MaxLength(60) @Matches(/^[^,/]*$/) tag?: string;
  @InVersions(85) @Optional() @BooleanText() @IsIn([true, false]) delete_on_termination?: boolean;
  @InVersions(85) @Optional() @IsUUID('loose') serverId?: string;
  @InVersions(85) @Optional() @IsUUID('loose') id?: string;
}

export class VolumeAttachmentUpdateBody {
  @IsObject() @ValidateNested() @Nested(() => VolumeAttachmentUpdate) volumeAttachment!: VolumeAttachmentUpdate;
}

class SnapshotInfo {
  @IsString() @MinLength(1) snapshot_id!: string;
  @IsIn(['qcow2']) type!: string;
  @IsString() @MinLength(1) new_file!: string;
  @Optional() @IsString() @MinLength(1) id?: string;
}

class AssistedSnapshot {
  @IsString() @MinLength(1) volume_id!: string;
  @IsObject() @ValidateNested() @Nested(() => SnapshotInfo) create_info!: SnapshotInfo;
}

export class AssistedSnapshotBody {
  @IsObject() @ValidateNested() @Nested(() => AssistedSnapshot) snapshot!: AssistedSnapshot;
}

class NewVolume {
  @OptionalOrNull() @IsString() volume_type?: string | null;
  @OptionalOrNull() @IsObject() metadata?: object | null;
  @OptionalOrNull() @IsString() snapshot_id?: string | null;
  @NumberText() @IsInt() @Min(1) size!: number;
  @OptionalOrNull() @IsString() availability_zone?: string | null;
  @OptionalOrNull() @IsString() display_name?: string | null;
  @OptionalOrNull() @IsString() display_description?: string | null;
}

export class VolumeBody {
  @IsObject() @ValidateNested() @Nested(() => NewVolume) volume!: NewVolume;
}

class NewSnapshot {
  @IsString() volume_id!: string;
  @Optional() @BooleanText() @IsIn([true, false]) force?: boolean;
  @OptionalOrNull() @IsString() display_name?: string | null;
  @OptionalOrNull() @IsString() display_description?: string | null;
}

export class SnapshotBody {
  @IsObject() @ValidateNested() @Nested(() => NewSnapshot) snapshot!: NewSnapshot;
}
