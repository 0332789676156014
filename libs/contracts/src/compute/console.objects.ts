import { IsIn, IsString, MaxLength } from 'class-validator';
import { objectType } from '../objects/versioned-object.js';

/** Kinds of consoles, as `POST /servers/{id}/remote-consoles` names them. */
export const CONSOLE_PROTOCOLS = ['vnc', 'spice', 'serial', 'rdp', 'mks'] as const;
export type ConsoleProtocol = (typeof CONSOLE_PROTOCOLS)[number];

export const CONSOLE_TYPES = [
  'novnc',
  'xvpvnc',
  'spice-html5',
  'serial',
  'rdp-html5',
  'webmks',
  'spice-direct',
] as const;
export type ConsoleType = (typeof CONSOLE_TYPES)[number];

/** Asks a compute host for the address of a console of one of its guests. */
export class ConsoleConnectArgs {
  @IsString() @MaxLength(64) readonly instance_uuid!: string;
  @IsIn(CONSOLE_PROTOCOLS) readonly protocol!: ConsoleProtocol;
  @IsIn(CONSOLE_TYPES) readonly console_type!: ConsoleType;
}

/** The address of a console: `socket_path` on the host itself, or `host` and `port`. */
export interface ConsoleConnectionData {
  readonly host: string;
  /** 0 with a socket. */
  readonly port: number;
  readonly tls_port: number | null;
  readonly socket_path: string | null;
  /** The URL to which the token is added. */
  readonly access_url_base: string;
}

export const ConsoleConnection = objectType<ConsoleConnectionData>('ConsoleConnection', '1.0');

/** A token in the client's form; only its hash is stored. */
export class ConsoleTokenArgs {
  @IsString() @MaxLength(255) readonly token!: string;
}

/** The console that a valid token opens. */
export interface ConsoleAccessData extends ConsoleConnectionData {
  readonly instance_uuid: string;
  readonly console_type: ConsoleType;
  /** Milliseconds until the token expires. */
  readonly expires_in: number;
}

export const ConsoleAccess = objectType<ConsoleAccessData>('ConsoleAccess', '1.0');
