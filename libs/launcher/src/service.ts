import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Configuration } from '#libs/config';

/** What survives a trip through JSON, as between the parent and its workers. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined };

/** How one service in one worker is. */
export interface ServiceHealth {
  readonly ready: boolean;
  /** Why not, or what is worth knowing; shown by `/readyz?verbose`. */
  readonly reason?: string | undefined;
}

/** Which half of a linked pair a service belongs to. On shutdown the API half drains first, since it needs the other. */
export type Half = 'api' | 'rpc';

/** Certificates of a listener; the service that attaches an `https` server makes use of them, the launcher does not. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** With it client certificates are required. */
  readonly caFile?: string | undefined;
}

/** Where a service is reached. The parent binds it before it forks. */
export interface ListenAddress {
  readonly host: string;
  /** 0 = a free one, which the parent logs and tells the workers. */
  readonly port: number;
  /** @default 4096, bounded by the system's `somaxconn` */
  readonly backlog?: number | undefined;
  /** Seconds of silence before TCP asks whether the peer is still there; 0 = never. @default 600 */
  readonly keepIdleSeconds?: number | undefined;
  readonly tls?: TlsFiles | undefined;
}

/** What the parent knows of a service; everything else is in its module, which only the workers load. */
export interface ServiceDescription {
  readonly name: string;
  /** How many processes, 1 or more. */
  readonly workers: number;
  /** File URL of the module that exports `createService(context)`. */
  readonly module: string;
  /** @default 'api' with `listen`, else 'rpc' */
  readonly half?: Half | undefined;
  readonly listen?: ListenAddress | undefined;
  /** What goes with a worker process when it ends and is replaced: told as an ERROR each time. */
  readonly lostWithWorker?: string | undefined;
  /** Anything the module needs beside the configuration. */
  readonly settings?: JsonValue | undefined;
}

/** One running part of a worker process, as oslo.service's Service. `start` and `stop` may be called twice. */
export interface Service {
  /** Settles when the service can serve. A rejection ends the worker, which is replaced with a growing delay. */
  start(): Promise<void>;
  /**
   * Stop consuming, finish what is in flight, close. Requests that came through the attached server have ended before.
   * @param deadlineMs how long it may take, in ms from now; Infinity = as long as it needs
   */
  stop(deadlineMs: number): Promise<void>;
  /** The configuration has changed (SIGHUP with `restart_method` mutate). */
  reset?(): Promise<void>;
  health?(): ServiceHealth;
  /** What the state report tells of this service. */
  report?(): JsonValue;
}

/** What `createService` is given. */
export interface WorkerContext {
  readonly name: string;
  /** 0 to workers - 1; a replacement has the number of its predecessor. */
  readonly index: number;
  readonly program: string;
  readonly version: string;
  readonly config: Configuration;
  readonly settings: JsonValue | undefined;
  readonly listen: ListenAddress | undefined;
  /** The address that was really bound; throws for a service without `listen`. */
  address(): { readonly host: string; readonly port: number };
  /** From now on `server` receives the connections that the parent accepts. It must not listen by itself. */
  attachServer(server: HttpServer | HttpsServer): void;
  /** Tells the parent at once, before it asks again through `health()`. */
  reportHealth(health: ServiceHealth): void;
  /** This service cannot go on in any worker: the whole program drains and exits 1. */
  giveUp(error: Error): void;
}

/** What a service module exports. */
export interface ServiceModule {
  createService(context: WorkerContext): Service | Promise<Service>;
}
