import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { GROUP_POLICIES, InVersions, IsName, NumberText, Optional } from '#libs/contracts';
import type { GroupPolicy } from '#libs/contracts';
import { Nested } from '#libs/messaging';

export class ServerGroupRules {
  @NumberText() @Optional() @IsInt() @Min(1) max_server_per_host?: number;
}

export class ServerGroupCreate {
  @IsString() @MinLength(1) @MaxLength(255) @IsName() name!: string;
  @InVersions(1, 63)
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1)
  @IsIn(GROUP_POLICIES, { each: true })
  policies?: GroupPolicy[];
  @InVersions(64) @Optional() @IsIn(GROUP_POLICIES) policy?: GroupPolicy;
  @InVersions(64) @Optional() @IsObject() @ValidateNested() @Nested(() => ServerGroupRules) rules?: ServerGroupRules;
}

/** `POST /os-server-groups`. */
export class ServerGroupCreateBody {
  @IsObject() @ValidateNested() @Nested(() => ServerGroupCreate) server_group!: ServerGroupCreate;
}
