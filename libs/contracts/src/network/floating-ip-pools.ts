import { Field, readOnly } from '../resource/field.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN_OR_PROJECT_READER } from './owned-rules.js';
import { text, uuid } from './types/plain-types.js';

/**
 * neutron-lib: floatingip_pools. The IPv4 subnets of the external networks that the caller may use; each is shown as
 * the caller's.
 */
@Resource({
  api: 'network',
  singular: 'floatingip_pool',
  plural: 'floatingip_pools',
  path: 'floatingip_pools',
  notFound: { code: 'SubnetNotFound', text: 'Subnet %s could not be found.' },
  since: '1.1',
  operations: ['list'],
  extensions: [
    {
      alias: 'floatingip-pools',
      name: 'Floating IP Pools Extension',
      description: 'Provides a floating IP pools API.',
      updated: '2018-03-21T10:00:00-00:00',
    },
  ],
  rules: [['get_floatingip_pool', ADMIN_OR_PROJECT_READER, 'List floating IP pools', 'GET /floatingip_pools']],
})
export class FloatingIpPool {
  @Field(uuid, { ...readOnly, visible: false }) readonly id!: string;
  @Field(uuid, { ...readOnly, computed: true, filter: true }) readonly subnet_id!: string;
  @Field(text(255), { ...readOnly, computed: true, filter: true }) readonly subnet_name!: string;
  @Field(uuid, { ...readOnly, filter: true }) readonly network_id!: string;
  @Field(text(64), { ...readOnly, computed: true, filter: true }) readonly cidr!: string;
  /** The caller's, as in neutron. */
  @Field(text(255), { ...readOnly, computed: true, alias: 'tenant_id' }) readonly project_id!: string;
}

export type FloatingIpPoolData = DataOf<FloatingIpPool>;
