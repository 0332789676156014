import { call, cast, defineContract, type } from '#libs/messaging';
import { InstanceArgs } from '../conductor/conductor.contract.js';
import { objectType } from '../objects/versioned-object.js';
import type { VersionedObject } from '../objects/versioned-object.js';

/** The result if a server were scheduled now. */
export interface PlacementExplanationData {
  readonly instance_uuid: string;
  readonly vm_state: string;
  /** Its host; null for none. */
  readonly host: string | null;
  readonly hosts: readonly {
    readonly host: string;
    /** Names of filters, and the insufficient resources of the host, in words; empty: it would be accepted. */
    readonly refused_by: readonly string[];
  }[];
}

export const PlacementExplanation = objectType<PlacementExplanationData>('PlacementExplanation', '1.0');

/** Chooses a compute host for a server and passes the server on. */
export const schedulerContract = defineContract({
  topic: 'scheduler',
  namespace: 'albireo',
  version: '1.1',
  methods: {
    /**
     * Second step of a build: claims a host, then casts `build_and_run_instance` to it; if none fits: ERROR with a
     * fault.
     */
    select_destination: cast({ access: 'users', args: InstanceArgs }),
    /** For each host the reasons why it would be refused now, in the order of host names. Error: InstanceNotFound. */
    explain_destination: call({
      access: ['os_compute_api:os-hypervisors:list-detail'],
      args: InstanceArgs,
      result: type<VersionedObject<PlacementExplanationData>>(),
      idempotent: true,
      since: '1.1',
    }),
  },
});
export type SchedulerContract = typeof schedulerContract;
