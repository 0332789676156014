import { Type } from 'class-transformer';
import { IsIn, IsObject, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { InVersions } from '../../edge/validation/version-bounds.js';
import { Optional } from '../body-forms.js';

export class KeypairCreate {
  @IsString() @MinLength(1) @MaxLength(255) name!: string;
  @Optional() @IsString() @MinLength(1) @MaxLength(16_384) public_key?: string;
  @InVersions(2) @Optional() @IsIn(['ssh', 'x509']) type?: 'ssh' | 'x509';
  @InVersions(10) @Optional() @IsString() @MinLength(1) @MaxLength(255) user_id?: string;
}

/** `POST /os-keypairs`. */
export class KeypairCreateBody {
  @IsObject() @ValidateNested() @Type(() => KeypairCreate) keypair!: KeypairCreate;
}
