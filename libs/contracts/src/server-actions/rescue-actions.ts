import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  MinLength,
} from 'class-validator';
import { BooleanText, IsHostname, IsMetadata, IsName, IsUserData, Optional } from '../compute/body-forms.js';
import { InVersions } from '../compute/version-bounds.js';
import { POWER_STATE } from '../conductor/server-states.js';
import { actions } from './action.js';

export class RescueBody {
  @Optional() @IsString() adminPass?: string;
  @Optional() @IsUUID('loose') rescue_image_ref?: string;
}

export class RebuildBody {
  @IsUUID('loose') imageRef!: string;
  @Optional() @IsString() @MinLength(1) @MaxLength(255) @IsName() name?: string;
  @Optional() @IsString() adminPass?: string;
  @Optional() @IsMetadata() metadata?: Record<string, string>;
  @BooleanText() @Optional() @IsBoolean() preserve_ephemeral?: boolean;
  @Optional() @IsIn(['AUTO', 'MANUAL']) 'OS-DCF:diskConfig'?: 'AUTO' | 'MANUAL';
  @Optional() @IsString() @MaxLength(64) accessIPv4?: string;
  @Optional() @IsString() @MaxLength(64) accessIPv6?: string;
  @InVersions(1, 56) @Optional() @IsArray() personality?: unknown[];
  @InVersions(19) @IsOptional() @IsString() @MaxLength(255) description?: string | null;
  @InVersions(54) @IsOptional() @IsString() @MinLength(1) @MaxLength(255) key_name?: string | null;
  @InVersions(57) @IsOptional() @IsUserData() user_data?: string | null;
  @InVersions(63)
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MinLength(1, { each: true })
  trusted_image_certificates?: string[] | null;
  @InVersions(90) @Optional() @IsHostname() hostname?: string;
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
