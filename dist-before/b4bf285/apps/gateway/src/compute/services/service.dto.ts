import { IsIn, IsString, MaxLength, MinLength } from 'class-validator';
import { Optional } from '../body-forms.js';

/** `PUT /os-services/{enable, disable, disable-log-reason}`, until 2.52. */
export class ServiceSwitchBody {
  @IsString() @MinLength(1) @MaxLength(255) host!: string;
  @IsString() @MinLength(1) @MaxLength(255) binary!: string;
  @Optional() @IsString() @MinLength(1) @MaxLength(255) disabled_reason?: string;
}

/** `PUT /os-services/{id}`, from 2.53 on. A service cannot be forced down here. */
export class ServiceUpdateBody {
  @IsIn(['enabled', 'disabled']) status!: 'enabled' | 'disabled';
  @Optional() @IsString() @MinLength(1) @MaxLength(255) disabled_reason?: string;
}
