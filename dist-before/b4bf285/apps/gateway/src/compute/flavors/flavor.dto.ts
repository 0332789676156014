import { Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { InVersions } from '../../edge/validation/version-bounds.js';
import { BooleanText, IsName, NumberText, Optional } from '../body-forms.js';

const MAX_INT = 2_147_483_647;

export class FlavorCreate {
  @IsString() @MinLength(1) @MaxLength(255) @IsName() name!: string;
  /** Absent, null or `auto`: a new UUID. */
  @Transform(({ value }: { value: unknown }) => (typeof value === 'number' ? String(value) : value))
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  id?: string | null;
  @NumberText() @IsInt() @Min(1) @Max(MAX_INT) ram!: number;
  @NumberText() @IsInt() @Min(1) @Max(MAX_INT) vcpus!: number;
  @NumberText() @IsInt() @Min(0) @Max(MAX_INT) disk!: number;
  @NumberText() @Optional() @IsInt() @Min(0) @Max(MAX_INT) 'OS-FLV-EXT-DATA:ephemeral'?: number;
  @NumberText() @Optional() @IsInt() @Min(0) @Max(MAX_INT) swap?: number;
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,10}(\.\d{1,10})?$/.test(value) ? Number(value) : value,
  )
  @Optional()
  @IsNumber()
  @Min(0)
  rxtx_factor?: number;
  @BooleanText() @Optional() @IsBoolean() 'os-flavor-access:is_public'?: boolean;
  @InVersions(55) @IsOptional() @IsString() @MaxLength(65_535) description?: string | null;
}

/** `POST /flavors`. */
export class FlavorCreateBody {
  @IsObject() @ValidateNested() @Type(() => FlavorCreate) flavor!: FlavorCreate;
}
