import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIP,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { Nested } from '#libs/messaging';
import {
  BooleanText,
  IsBase64Text,
  IsDescription,
  IsMetadata,
  IsName,
  IsServerHostname,
  IsUserData,
  Optional,
} from '../compute/body-forms.js';
import { InVersions } from '../compute/version-bounds.js';
import { POWER_STATE } from '../conductor/server-states.js';
import { actions } from './action.js';

export class RescueBody {
  @Optional() @IsString() adminPass?: string;
  @Optional() @IsUUID('loose') rescue_image_ref?: string;
}

/** A file that is put into the guest. */
export class PersonalityFile {
  @IsString() @MaxLength(1024) path!: string;
  @IsBase64Text() contents!: string;
}

export class RebuildBody {
  @IsUUID('loose') imageRef!: string;
  @Optional() @IsString() @MinLength(1) @MaxLength(255) @IsName() name?: string;
  @Optional() @IsString() adminPass?: string;
  @Optional() @IsMetadata() metadata?: Record<string, string>;
  @BooleanText() @Optional() @IsBoolean() preserve_ephemeral?: boolean;
  @Optional() @IsIn(['AUTO', 'MANUAL']) 'OS-DCF:diskConfig'?: 'AUTO' | 'MANUAL';
  @Optional() @IsIP(4) accessIPv4?: string;
  @Optional() @IsIP(6) accessIPv6?: string;
  @InVersions(1, 56)
  @Optional()
  @IsArray()
  @ValidateNested({ each: true })
  @Nested(() => PersonalityFile)
  personality?: PersonalityFile[];
  @InVersions(19) @IsOptional() @IsDescription() description?: string | null;
  @InVersions(54) @IsOptional() @IsString() @MinLength(1) @MaxLength(255) @IsName() key_name?: string | null;
  @InVersions(57) @IsOptional() @IsUserData() user_data?: string | null;
  @InVersions(63)
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MinLength(1, { each: true })
  trusted_image_certificates?: string[] | null;
  @InVersions(90) @Optional() @IsServerHostname() hostname?: string;
}

export const rescueActions = actions({
  rescue: {
    key: 'rescue',
    rule: 'os_compute_api:os-rescue',
    allowed: 'member',
    description: 'Rescue a server',
    body: RescueBody,
    nullable: true,
    from: ['active', 'stopped', 'error'],
    task: 'rescuing',
    recorded: 'rescue',
    step: {
      event: 'rescue',
      record: 'compute_rescue_instance',
      vmState: 'rescued',
      powerState: POWER_STATE.RUNNING,
      errorOnFailure: true,
    },
    status: 200,
    answer: 'password',
  },
  unrescue: {
    key: 'unrescue',
    rule: 'os_compute_api:os-unrescue',
    allowed: 'member',
    description: 'End the rescue of a server',
    from: ['rescued'],
    task: 'unrescuing',
    recorded: 'unrescue',
    step: {
      event: 'unrescue',
      record: 'compute_unrescue_instance',
      vmState: 'active',
      powerState: POWER_STATE.RUNNING,
      errorOnFailure: true,
    },
  },
  rebuild: {
    key: 'rebuild',
    rule: 'os_compute_api:servers:rebuild',
    allowed: 'member',
    description: 'Rebuild a server',
    body: RebuildBody,
    from: ['active', 'stopped', 'error'],
    task: 'rebuilding',
    recorded: 'rebuild',
    step: { event: 'rebuild', record: 'compute_rebuild_instance', errorOnFailure: true },
    answer: 'server',
  },
});
