import { ArrayMaxSize, IsArray, IsBoolean, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { Nested } from '#libs/messaging';
import { objectType } from '../objects/versioned-object.js';
import { InstanceMetadataArgs } from './server.args.js';

/** nova's limit of a password, in bytes. */
export const MAX_PASSWORD = 1020;

export class ServerPasswordArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  @IsBoolean() readonly clear!: boolean;
}

/** Empty: there is no password. */
export interface ServerPasswordData {
  readonly password: string;
}

/** The guest, identified as in `instance_metadata`, and the password that it stores. */
export class InstancePasswordArgs extends InstanceMetadataArgs {
  @IsString() @MaxLength(MAX_PASSWORD) readonly password!: string;
}

export class ServerEvent {
  @IsString() @MaxLength(64) readonly server_uuid!: string;
  @IsString() @MaxLength(64) readonly name!: string;
  @IsOptional() @IsString() @MaxLength(255) readonly tag?: string;
}

export class ServerEventsArgs {
  @IsArray()
  @ArrayMaxSize(10_000)
  @ValidateNested({ each: true })
  @Nested(() => ServerEvent)
  readonly events!: ServerEvent[];
}

/** In the order of the events: 200; 400 without a required tag; 404; 422 for a server that is not on a host. */
export interface ServerEventsData {
  readonly codes: readonly number[];
}

export const ServerPassword = objectType<ServerPasswordData>('ServerPassword', '1.0');
export const ServerEvents = objectType<ServerEventsData>('ServerEvents', '1.0');
