import { IsBoolean, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { OptionalSince, Since } from '#libs/messaging';
import { ListArgs } from '../objects/list-args.js';

export class HypervisorListArgs extends ListArgs {
  /** Tells the servers on each host, too. */
  @Since('1.1') @IsOptional() @IsBoolean() readonly with_servers?: boolean;
}

/** A service by its id, or by its host and binary. */
export class ServiceUpdateArgs {
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly host?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly binary?: string;
  @OptionalSince('1.1') @IsOptional() @IsIn(['enabled', 'disabled']) readonly status?: 'enabled' | 'disabled';
  @Since('1.1') @IsOptional() @IsBoolean() readonly forced_down?: boolean;
  /** Kept while the service is disabled. */
  @IsOptional() @IsString() @MaxLength(255) readonly disabled_reason?: string;
}
