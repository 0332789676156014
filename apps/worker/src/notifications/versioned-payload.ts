import { POWER_STATE } from '#libs/contracts';
import type { FlavorData, ServerAddress } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { InstanceRow } from '../instances/instance-row.js';
import type { KeypairsTable } from '../store/tables/compute.tables.js';
import type { InstanceNotice, NoticeFailure, StateUpdate } from './instance-payload.js';

type ShownKeypair = Pick<KeypairsTable, 'user_id' | 'name' | 'public_key' | 'fingerprint' | 'type'>;

/** A server at the time of a notification. */
export interface InstanceFacts {
  readonly row: InstanceRow;
  readonly addresses: readonly ServerAddress[];
  /** For notifications about a create; empty in others. */
  readonly keypairs: readonly ShownKeypair[];
  /** Its name on its hypervisor. */
  readonly instanceName: string;
}

/** The format of oslo.versionedobjects; the versions are those of nova 34 (nova/notifications/objects). */
interface VersionedPayload {
  readonly 'nova_object.namespace': 'nova';
  readonly 'nova_object.name': string;
  readonly 'nova_object.version': string;
  readonly 'nova_object.data': Readonly<Record<string, unknown>>;
}

function versioned(name: string, version: string, data: Readonly<Record<string, unknown>>): VersionedPayload {
  return {
    'nova_object.namespace': 'nova',
    'nova_object.name': name,
    'nova_object.version': version,
    'nova_object.data': data,
  };
}

/** The payload of `instance.<what>`: nova's InstanceCreate-, InstanceUpdate- or InstanceActionPayload. */
export function versionedPayload(
  notice: InstanceNotice,
  facts: InstanceFacts,
  context: RequestContext,
): VersionedPayload {
  const data = instanceData(facts, context);
  const { update, failure } = notice;
  if (update !== undefined) {
    return versioned('InstanceUpdatePayload', '2.1', { ...data, ...updateData(update) });
  }
  const fault = failure === undefined ? null : faultPayload(notice.what, failure);
  if (!notice.what.startsWith('create.')) return versioned('InstanceActionPayload', '1.9', { ...data, fault });
  return versioned('InstanceCreatePayload', '1.13', {
    ...data,
    fault,
    // nova includes the volumes of a create whatever [notifications] bdms_in_notifications says; here there are none.
    block_devices: [],
    keypairs: facts.keypairs.map((keypair) => versioned('KeypairPayload', '1.0', { ...keypair })),
    tags: [],
    trusted_image_certificates: null,
    instance_name: facts.instanceName,
  });
}

function instanceData({ row, addresses }: InstanceFacts, context: RequestContext): Record<string, unknown> {
  const { user_id: user, project_id: project, request_id: requestId } = context;
  return {
    uuid: row.id,
    user_id: row.user_id,
    tenant_id: row.project_id,
    reservation_id: row.reservation_id,
    display_name: row.name,
    display_description: row.description,
    host_name: row.hostname,
    host: row.host,
    node: row.node,
    os_type: null,
    architecture: null,
    availability_zone: row.availability_zone,
    flavor: flavorPayload(row.flavor),
    image_uuid: row.image_ref,
    key_name: row.key_name,
    kernel_id: '',
    ramdisk_id: '',
    created_at: wholeSeconds(row.created_at),
    launched_at: wholeSeconds(row.launched_at),
    terminated_at: wholeSeconds(row.terminated_at),
    deleted_at: row.deleted ? wholeSeconds(row.terminated_at) : null,
    updated_at: wholeSeconds(row.updated_at),
    state: row.vm_state,
    power_state: POWER_WORDS[row.power_state] ?? 'pending',
    task_state: row.task_state,
    progress: row.progress,
    ip_addresses: addresses.map(ipPayload),
    // As with nova's defaults of bdms_in_notifications and include_share_mapping.
    block_devices: null,
    shares: null,
    metadata: row.metadata,
    locked: row.locked,
    locked_reason: null,
    // As the API shows it for every server.
    auto_disk_config: 'MANUAL',
    // Operations that a worker starts itself belong to no request.
    request_id: user && project ? requestId : null,
    action_initiator_user: user ?? null,
    action_initiator_project: project ?? null,
  };
}

const POWER_WORDS: Readonly<Record<number, string>> = {
  [POWER_STATE.NOSTATE]: 'pending',
  [POWER_STATE.RUNNING]: 'running',
  [POWER_STATE.PAUSED]: 'paused',
  [POWER_STATE.SHUTDOWN]: 'shutdown',
  [POWER_STATE.CRASHED]: 'crashed',
  [POWER_STATE.SUSPENDED]: 'suspended',
};

function flavorPayload(flavor: FlavorData): VersionedPayload {
  return versioned('FlavorPayload', '1.4', {
    flavorid: flavor.id,
    name: flavor.name,
    memory_mb: flavor.ram,
    vcpus: flavor.vcpus,
    root_gb: flavor.disk,
    ephemeral_gb: flavor.ephemeral,
    swap: flavor.swap,
    rxtx_factor: flavor.rxtx_factor,
    vcpu_weight: 0,
    disabled: flavor.disabled,
    is_public: flavor.is_public,
    extra_specs: flavor.extra_specs,
    projects: null,
    description: flavor.description,
  });
}

function ipPayload(address: ServerAddress): VersionedPayload {
  return versioned('IpPayload', '1.0', {
    label: address.network_name,
    mac: address.mac_address,
    meta: {},
    port_uuid: address.port_id,
    version: address.version,
    address: address.addr,
    device_name: `tap${address.port_id.slice(0, 11)}`,
  });
}

/** nova's method that failed, by the prefix of the event's name. */
const FAILED_METHODS: Readonly<Record<string, string>> = {
  create: 'build_and_run_instance',
  reboot: 'reboot_instance',
};

function faultPayload(what: string, { exception, message }: NoticeFailure): VersionedPayload {
  return versioned('ExceptionPayload', '1.1', {
    module_name: 'albireo.compute',
    function_name: FAILED_METHODS[what.split('.')[0] ?? ''] ?? what,
    exception,
    exception_message: message,
    // The location in the program goes to the log only.
    traceback: '',
  });
}

function updateData({ states, period, oldName }: StateUpdate): Record<string, unknown> {
  return {
    state_update: versioned('InstanceStateUpdatePayload', '1.0', { ...states }),
    audit_period: versioned('AuditPeriodPayload', '1.0', {
      audit_period_beginning: wholeSeconds(period.begin.toISOString()),
      audit_period_ending: wholeSeconds(period.end.toISOString()),
    }),
    old_display_name: oldName ?? null,
    tags: [],
  };
}

/** `2026-11-21T20:49:56Z`: a DateTimeField has no fractions. */
const wholeSeconds = (time: string | null): string | null => time?.replace(/(\.\d+)?Z$/, 'Z') ?? null;
