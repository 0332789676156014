import { IsBoolean, IsIn, IsString, MaxLength, MinLength } from 'class-validator';
import { BooleanText, InVersions, IsHostname, Optional } from '#libs/contracts';

/** `PUT /os-services/{enable, disable, disable-log-reason, force-down}`, until 2.52. */
export class ServiceSwitchBody {
  @IsString() @MinLength(1) @MaxLength(255) @IsHostname() host!: string;
  @IsString() @MinLength(1) @MaxLength(255) binary!: string;
  @Optional() @IsString() @MinLength(1) @MaxLength(255) disabled_reason?: string;
  @InVersions(11) @BooleanText() @Optional() @IsBoolean() forced_down?: boolean;
}

/** `PUT /os-services/{id}`, from 2.53 on. */
export class ServiceUpdateBody {
  @Optional() @IsIn(['enabled', 'disabled']) status?: 'enabled' | 'disabled';
  @Optional() @IsString() @MinLength(1) @MaxLength(255) disabled_reason?: string;
  @BooleanText() @Optional() @IsBoolean() forced_down?: boolean;
}
