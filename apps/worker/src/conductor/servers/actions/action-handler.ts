import type { ServerActionName, ServerActionResultData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { ImageCatalog } from '../../../image/image-catalog.js';
import type { SnapshotImages } from '../../../image/snapshot-images.js';
import type { InstanceCasts } from '../../../instances/instance-casts.js';
import type { InstanceLifecycle } from '../../../instances/instance-lifecycle.js';
import type { InstanceNetworking } from '../../../instances/instance-networking.js';
import type { InstanceRow } from '../../../instances/instance-row.js';
import type { InstanceChanges } from '../../../instances/instance-states.js';
import type { InstanceNotices } from '../../../notifications/instance-notices.js';
import type { Authorizer } from '../../../policy/authorizer.js';
import type { QuotaHold, Quotas } from '../../../quota/quotas.js';
import type { ConsoleTokens } from '../../consoles/console-tokens.js';
import type { HostChooser } from '../../../scheduler/host-chooser.js';
import type { Store, Transaction } from '../../../store/index.js';

/** What handlers of actions work with. */
export interface ActionServices {
  readonly store: Store;
  readonly authorizer: Authorizer;
  readonly lifecycle: InstanceLifecycle;
  readonly casts: InstanceCasts;
  readonly notices: InstanceNotices;
  readonly networking: InstanceNetworking;
  readonly images: ImageCatalog;
  readonly snapshots: SnapshotImages;
  readonly quotas: Quotas;
  /** After which time without a report a host is down. */
  readonly serviceDownTimeMs: number;
  /** `[DEFAULT] reclaim_instance_interval`, in seconds; 0: deletes are not deferred. */
  readonly reclaimInterval: () => number;
  /** `[DEFAULT] allow_resize_to_same_host`. */
  readonly resizeToSameHost: () => boolean;
  readonly chooser: HostChooser;
  readonly consoles: ConsoleTokens;
}

/** An action on a server that is locked, allowed and in a state that permits it. */
export interface ActionInHand {
  readonly tx: Transaction;
  readonly context: RequestContext;
  readonly row: InstanceRow;
  /** Checked against the action's class. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly microversion: number;
  /** What `hold` of the handler holds. */
  readonly held: QuotaHold<'compute'> | undefined;
  /** Where the handler says `takesPorts`: the quota of ports of the server's project. */
  readonly ports: QuotaHold<'network'> | undefined;
}

/** What a handler adds to what its declaration says. */
export interface ActionOutcome {
  /** Columns that change together with the task. */
  readonly changes?: InstanceChanges;
  /** What the steps on the host read. */
  readonly taskArguments?: Readonly<Record<string, unknown>>;
  /** What comes in place of the cast of the declared step, in the same transaction. */
  readonly next?: () => Promise<void>;
  /** After the commit, for what only the host knows. */
  readonly after?: () => Promise<ServerActionResultData>;
  readonly result?: ServerActionResultData;
}

/** Whom a server counts for. */
export type ServerOwner = Pick<InstanceRow, 'project_id' | 'user_id'>;

/** What an action does beyond its declaration. */
export interface ActionHandler {
  /** Quotas that are held before the server is locked. */
  hold?(services: ActionServices, tx: Transaction, owner: ServerOwner): Promise<QuotaHold<'compute'> | undefined>;
  /** Whether ports may be made: their quota is held before the server is locked, too. */
  readonly takesPorts?: true;
  begin(services: ActionServices, hand: ActionInHand): Promise<ActionOutcome>;
}

export type ActionHandlers = Readonly<Partial<Record<ServerActionName, ActionHandler>>>;

/** The policy's target: who owns the server. */
export function ownerOf(row: InstanceRow): { project_id: string; user_id: string } {
  return { project_id: row.project_id, user_id: row.user_id };
}
