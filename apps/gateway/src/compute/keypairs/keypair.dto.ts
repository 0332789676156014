import { IsIn, IsObject, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { InVersions, Optional } from '#libs/contracts';
import { Nested } from '#libs/messaging';

export class KeypairCreate {
  @IsString() @MinLength(1) @MaxLength(255) name!: string;
  @Optional() @IsString() @MinLength(1) @MaxLength(16_384) public_key?: string;
  @InVersions(2) @Optional() @IsIn(['ssh', 'x509']) type?: 'ssh' | 'x509';
  @InVersions(10) @Optional() @IsString() @MinLength(1) @MaxLength(255) user_id?: string;
}

/** `POST /os-keypairs`. */
export class KeypairCreateBody {
  @IsObject() @ValidateNested() @Nested(() => KeypairCreate) keypair!: KeypairCreate;
}
