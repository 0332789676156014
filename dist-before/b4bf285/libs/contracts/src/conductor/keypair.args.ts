import { IsIn, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { ListArgs } from '../objects/list-args.js';

export class KeypairCreateArgs {
  @IsString() @MinLength(1) @MaxLength(255) readonly name!: string;
  @IsIn(['ssh', 'x509']) readonly type!: 'ssh' | 'x509';
  /** Absent: the pair is generated (ed25519) and its private key answered once. */
  @IsOptional() @IsString() @MaxLength(16_384) readonly public_key?: string;
  /** Owner; another than the caller needs the policy's leave. */
  @IsOptional() @IsString() @MaxLength(255) readonly user_id?: string;
}

export class KeypairArgs {
  @IsString() @MaxLength(255) readonly name!: string;
  @IsOptional() @IsString() @MaxLength(255) readonly user_id?: string;
}

export class KeypairListArgs extends ListArgs {
  @IsOptional() @IsString() @MaxLength(255) readonly user_id?: string;
}
