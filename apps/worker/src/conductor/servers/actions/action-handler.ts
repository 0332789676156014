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

/** The services that action handlers use. */
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
  /** A host without a report for this long is down. */
  readonly serviceDownTimeMs: number;
  /** `[DEFAULT] reclaim_instance_interval`, in seconds; 0: deletes are not deferred. */
  readonly reclaimInterval: () => number;
  /** `[DEFAULT] allow_resize_to_same_host`. */
  readonly resizeToSameHost: () => boolean;
  readonly chooser: HostChooser;
  readonly consoles: ConsoleTokens;
}

/** An action on a locked server that the policy and the server's state allow. */
export interface ActionInHand {
  readonly tx: Transaction;
  readonly context: RequestContext;
  readonly row: InstanceRow;
  /** Validated against the action's class. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly microversion: number;
  /** The quotas that the handler's `hold` has locked. */
  readonly held: QuotaHold<'compute'> | undefined;
  /** The locked quota of ports of the server's project, if the handler sets `takesPorts`. */
  readonly ports: QuotaHold<'network'> | undefined;
}

/** The result of a handler, beyond its declaration. */
export interface ActionOutcome {
  /** Columns that change together with the task. */
  readonly changes?: InstanceChanges;
  /** The arguments for the steps on the host. */
  readonly taskArguments?: Readonly<Record<string, unknown>>;
  /** Replaces the cast of the declared step, in the same transaction. */
  readonly next?: () => Promise<void>;
  /** Called after the commit, for results that only the host has. */
  readonly after?: () => Promise<ServerActionResultData>;
  readonly result?: ServerActionResultData;
}

/** The project and user for which a server is counted. */
export type ServerOwner = Pick<InstanceRow, 'project_id' | 'user_id'>;

/** Behaviour of an action beyond its declaration. */
export interface ActionHandler {
  /** Locks quotas before the server is locked. */
  hold?(services: ActionServices, tx: Transaction, owner: ServerOwner): Promise<QuotaHold<'compute'> | undefined>;
  /** Whether the action may create ports: then their quota is also locked before the server. */
  readonly takesPorts?: true;
  begin(services: ActionServices, hand: ActionInHand): Promise<ActionOutcome>;
}

export type ActionHandlers = Readonly<Partial<Record<ServerActionName, ActionHandler>>>;

/** The policy target: the owner of the server. */
export function ownerOf(row: InstanceRow): { project_id: string; user_id: string } {
  return { project_id: row.project_id, user_id: row.user_id };
}
