import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Configuration } from '#libs/config';

/** A value that JSON can represent, for messages between the parent and its workers. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined };

/** The health of one service in one worker. */
export interface ServiceHealth {
  readonly ready: boolean;
  /** Why it is not healthy, or further information; shown by `/readyz?verbose`. */
  readonly reason?: string | undefined;
}

/** Which half of a linked pair a service belongs to. On shutdown the API half drains first, since it needs the other. */
export type Half = 'api' | 'rpc';

/** Certificates of a listener. They are used by the service that attaches an `https` server, not by the launcher. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** If set, client certificates are required. */
  readonly caFile?: string | undefined;
}

/** The address of a service. The parent binds it before it forks. */
export interface ListenAddress {
  readonly host: string;
  /** 0 = a free port, which the parent logs and tells the workers. */
  readonly port: number;
  /** @default 4096, bounded by the system's `somaxconn` */
  readonly backlog?: number | undefined;
  /** Seconds of silence before TCP probes whether the peer is still there; 0 = never. @default 600 */
  readonly keepIdleSeconds?: number | undefined;
  readonly tls?: TlsFiles | undefined;
}

/** The parent's information about a service; everything else is in its module, which only the workers load. */
export interface ServiceDescription {
  readonly name: string;
  /** How many processes, 1 or more. */
  readonly workers: number;
  /** File URL of the module that exports `createService(context)`. */
  readonly module: string;
  /** @default 'api' with `listen`, else 'rpc' */
  readonly half?: Half | undefined;
  readonly listen?: ListenAddress | undefined;
  /** What is lost when a worker process ends and is replaced: logged as an ERROR each time. */
  readonly lostWithWorker?: string | undefined;
  /** Further data that the module needs, in addition to the configuration. */
  readonly settings?: JsonValue | undefined;
}

/** One running part of a worker process, as oslo.service's Service. `start` and `stop` may be called twice. */
export interface Service {
  /** Settles when the service can serve. A rejection ends the worker, which is replaced with a growing delay. */
  start(): Promise<void>;
  /**
   * Stop consuming, finish work in flight, close. Requests that came through the attached server have already ended.
   * @param deadlineMs the time limit, in ms from now; Infinity = no limit
   */
  stop(deadlineMs: number): Promise<void>;
  /** The configuration has changed (SIGHUP with `restart_method` mutate). */
  reset?(): Promise<void>;
  health?(): ServiceHealth;
  /** This service's part of the state report. */
  report?(): JsonValue;
}

/** The argument of `createService`. */
export interface WorkerContext {
  readonly name: string;
  /** 0 to workers - 1; a replacement has the number of its predecessor. */
  readonly index: number;
  readonly program: string;
  readonly version: string;
  readonly config: Configuration;
  readonly settings: JsonValue | undefined;
  readonly listen: ListenAddress | undefined;
  /** The address that was actually bound; throws for a service without `listen`. */
  address(): { readonly host: string; readonly port: number };
  /** From now on `server` receives the connections that the parent accepts. It must not listen itself. */
  attachServer(server: HttpServer | HttpsServer): void;
  /** Reports to the parent at once, before its next call of `health()`. */
  reportHealth(health: ServiceHealth): void;
  /** This service cannot run in any worker: the whole program drains and exits 1. */
  giveUp(error: Error): void;
}

/** The exports of a service module. */
export interface ServiceModule {
  createService(context: WorkerContext): Service | Promise<Service>;
}
