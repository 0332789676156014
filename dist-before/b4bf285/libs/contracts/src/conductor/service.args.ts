import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';

/** A service by its id, or by its host and binary. */
export class ServiceUpdateArgs {
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly host?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly binary?: string;
  @IsIn(['enabled', 'disabled']) readonly status!: 'enabled' | 'disabled';
  /** Kept while the service is disabled. */
  @IsOptional() @IsString() @MaxLength(255) readonly disabled_reason?: string;
}
