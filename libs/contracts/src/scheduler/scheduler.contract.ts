import { call, cast, defineContract, type } from '#libs/messaging';
import { InstanceArgs } from '../conductor/conductor.contract.js';
import { objectType } from '../objects/versioned-object.js';
import type { VersionedObject } from '../objects/versioned-object.js';

/** What would become of a server that were placed now. */
export interface PlacementExplanationData {
  readonly instance_uuid: string;
  readonly vm_state: string;
  /** Where it is; null for nowhere. */
  readonly host: string | null;
  readonly hosts: readonly {
    readonly host: string;
    /** Names of filters, and what the host has too little of, in words; empty: it would be taken. */
    readonly refused_by: readonly string[];
  }[];
}

export const PlacementExplanation = objectType<PlacementExplanationData>('PlacementExplanation', '1.0');

/** Chooses a compute host for a server and hands it on. */
export const schedulerContract = defineContract({
  topic: 'scheduler',
  namespace: 'albireo',
  version: '1.1',
  methods: {
    /** Second step of a build: claims a host, then casts `build_and_run_instance` to it; none fits: ERROR with a fault. */
    select_destination: cast({ access: 'users', args: InstanceArgs }),
    /** For each host what would refuse a server now, in the order of their names. Error: InstanceNotFound. */
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
