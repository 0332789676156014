import { IsBoolean, IsInt, IsNumber, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { ListArgs } from '../objects/list-args.js';

export class FlavorListArgs extends ListArgs {
  /** null: both kinds (administrators only); absent: public ones and those that the project may use. */
  @IsOptional() @IsBoolean() readonly is_public?: boolean | null;
  /** GiB. */
  @IsOptional() @IsInt() @Min(0) readonly min_disk?: number;
  /** MiB. */
  @IsOptional() @IsInt() @Min(0) readonly min_ram?: number;
}

const MAX_INT = 2_147_483_647;

export class FlavorCreateArgs {
  /** Absent or `auto`: a new UUID. */
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string;
  @IsString() @MinLength(1) @MaxLength(255) readonly name!: string;
  @IsInt() @Min(1) @Max(MAX_INT) readonly vcpus!: number;
  @IsInt() @Min(1) @Max(MAX_INT) readonly ram!: number;
  @IsInt() @Min(0) @Max(MAX_INT) readonly disk!: number;
  @IsInt() @Min(0) @Max(MAX_INT) readonly ephemeral!: number;
  @IsInt() @Min(0) @Max(MAX_INT) readonly swap!: number;
  @IsNumber() @Min(0) readonly rxtx_factor!: number;
  @IsBoolean() readonly is_public!: boolean;
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
}
