import { Type } from 'class-transformer';
import {
  IsIP,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { InVersions } from '../../edge/validation/version-bounds.js';
import { IsHostname, IsName, Optional } from '../body-forms.js';

export class ServerUpdate {
  @ValidateIf((_body, value) => value !== undefined)
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  @IsName()
  name?: string;
  @Optional() @ValidateIf((_body, value) => value !== '') @IsIP(4) accessIPv4?: string;
  @Optional() @ValidateIf((_body, value) => value !== '') @IsIP(6) accessIPv6?: string;
  @Optional() @IsIn(['AUTO', 'MANUAL']) 'OS-DCF:diskConfig'?: string;
  @InVersions(19) @IsOptional() @IsString() @MaxLength(255) description?: string | null;
  @InVersions(90) @Optional() @IsHostname() hostname?: string;
}

/** `PUT /servers/{id}`. */
export class ServerUpdateBody {
  @IsObject() @ValidateNested() @Type(() => ServerUpdate) server!: ServerUpdate;
}
