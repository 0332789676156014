import { orNull } from '../../resource/field-type.js';
import type { FieldType } from '../../resource/field-type.js';
import { Field, readOnly } from '../../resource/field.js';
import type { DataOf } from '../../resource/input.js';
import { jsonObject } from '../../resource/json-types.js';
import { Resource, declarationOf } from '../../resource/resource.js';
import { madeText, novaOneOf, novaWhole } from './nova-types.js';

/** A server in the list of its host. */
export interface HostedServer {
  readonly name: string;
  readonly uuid: string;
}

const amount = novaWhole(0);
const detail = { ...readOnly, views: ['detail'] };
/** The resources used by servers on a host were removed in 2.88, which added `uptime`. */
const used = { ...detail, until: 87 };
const inner = { ...readOnly, visible: false };

const hostedServers: FieldType<readonly HostedServer[]> = {
  kind: 'json',
  refuse: (value) => (Array.isArray(value) ? undefined : "it is not of type 'array'"),
  schema: { type: 'array', items: { type: 'object' } },
};

/**
 * nova's hypervisor: a compute host with the resources of its driver, and those used by servers. MiB of memory, GiB of
 * disk.
 */
@Resource({
  api: 'compute',
  singular: 'hypervisor',
  plural: 'hypervisors',
  path: 'os-hypervisors',
  notFound: { code: 'ComputeHostNotFound', text: "Hypervisor with ID '%s' could not be found." },
  changes: [
    {
      version: '1.1',
      contract: '1.1',
      adds: [
        'number',
        'service_id',
        'service_number',
        'workload',
        'hypervisor_type',
        'hypervisor_version',
        'host_ip',
        'cpu_info',
        'uptime',
        'hosted',
      ],
      missing: { workload: 0, uptime: null, hosted: null, cpu_info: {} },
      // Before, a host had the id of its service.
      backport: (host) => ({ ...host, id: Reflect.get(host, 'service_id') }),
    },
  ],
})
export class Hypervisor {
  @Field(madeText, { ...readOnly, since: 53 }) readonly id!: string;
  @Field(amount, { ...readOnly, name: 'id', until: 52 }) readonly number!: number;
  /** The ids of its compute service, shown in `service` with the host and the reason. */
  @Field(madeText, inner) readonly service_id!: string;
  @Field(amount, inner) readonly service_number!: number;
  @Field(madeText, inner) readonly host!: string;
  @Field(orNull(madeText), inner) readonly disabled_reason!: string | null;
  @Field(madeText, { ...readOnly, name: 'hypervisor_hostname' }) readonly node!: string;
  @Field(novaOneOf(['up', 'down']), readOnly) readonly state!: 'up' | 'down';
  @Field(novaOneOf(['enabled', 'disabled']), readOnly) readonly status!: 'enabled' | 'disabled';
  @Field(amount, used) readonly vcpus!: number;
  @Field(amount, { ...used, name: 'memory_mb' }) readonly memory!: number;
  @Field(amount, { ...used, name: 'local_gb' }) readonly disk!: number;
  @Field(amount, used) readonly vcpus_used!: number;
  @Field(amount, { ...used, name: 'memory_mb_used' }) readonly memory_used!: number;
  @Field(amount, { ...used, name: 'local_gb_used' }) readonly disk_used!: number;
  @Field(amount, { ...used, name: 'running_vms' }) readonly servers!: number;
  /** Servers with a task in progress. */
  @Field(amount, { ...used, name: 'current_workload' }) readonly workload!: number;
  @Field(madeText, detail) readonly hypervisor_type!: string;
  /** As a number: 1.2.3 is 1002003. */
  @Field(amount, detail) readonly hypervisor_version!: number;
  @Field(madeText, detail) readonly host_ip!: string;
  @Field(jsonObject(), { ...used, since: 28 }) readonly cpu_info!: Readonly<Record<string, unknown>>;
  /** In the form of uptime(1), as of the last report; null if the driver does not report it. */
  @Field(orNull(madeText), { ...detail, since: 88 }) readonly uptime!: string | null;
  /** Only if they were requested. */
  @Field(orNull(hostedServers), inner) readonly hosted!: readonly HostedServer[] | null;
}
export type HypervisorData = DataOf<Hypervisor>;
export const HypervisorPage = declarationOf(Hypervisor).page;
