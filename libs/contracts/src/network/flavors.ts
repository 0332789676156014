import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once, readOnly } from '../resource/field.js';
import { isRecord, orNull } from '../resource/field-type.js';
import type { FieldType } from '../resource/field-type.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN, cloudRules } from './owned-rules.js';
import { listOf } from './types/list-types.js';
import { flag, nameText, oneOf, text, uuid } from './types/plain-types.js';

const PATH = '/flavors';

/** neutron-lib's plugin types (neutron_lib.plugins.constants). */
const SERVICE_TYPES = [
  'CORE',
  'CONNTRACKHELPER',
  'EVPN',
  'FIREWALL',
  'FIREWALL_V2',
  'FLAVORS',
  'FLOATINGIPPOOL',
  'L3_ROUTER_NAT',
  'LOCAL_IP',
  'LOGGING',
  'METERING',
  'NDPPROXY',
  'NETWORK_SEGMENT_RANGE',
  'PORTFORWARDING',
  'QOS',
  'VPN',
] as const;

const enabled = { default: true, filter: true, sort: true } as const;

/** The profile that is added to a flavor, in the body's `service_profile`. */
export class FlavorProfile {
  @Field(uuid, { required: true }) readonly id!: string;
}

/** The profile that is removed, from the path. */
export class FlavorProfileId {
  @Field(uuid, { required: true }) readonly service_profile_id!: string;
}

/** neutron-lib: flavors. A user's choice of how a service is implemented; `service_profiles` name the provider. */
@Resource({
  api: 'network',
  singular: 'flavor',
  plural: 'flavors',
  notFound: { code: 'FlavorNotFound', text: 'Flavor %s could not be found.' },
  since: '1.1',
  extensions: [
    {
      alias: 'flavors',
      name: 'Neutron Service Flavors',
      description: 'Flavor specification for Neutron advanced services.',
      updated: '2015-09-17T10:00:00-00:00',
    },
  ],
  actions: {
    add_service_profile: {
      method: 'POST',
      path: 'service_profiles',
      body: FlavorProfile,
      enveloped: 'service_profile',
      answer: 'plain',
      policy: 'create_flavor_service_profile',
    },
    remove_service_profile: {
      method: 'DELETE',
      path: 'service_profiles',
      member: 'service_profile_id',
      body: FlavorProfileId,
      answer: 'plain',
      policy: 'delete_flavor_service_profile',
    },
    next_providers: { method: 'GET', answer: 'plain', policy: 'get_flavor' },
  },
  rules: [
    ...cloudRules('flavor', PATH, 'a flavor of a network service', 'role:reader'),
    [
      'create_flavor_service_profile',
      ADMIN,
      'Put a service profile into a flavor',
      `POST ${PATH}/{id}/service_profiles`,
    ],
    [
      'delete_flavor_service_profile',
      ADMIN,
      'Take a service profile out of a flavor',
      `DELETE ${PATH}/{id}/service_profiles/{profile_id}`,
    ],
  ],
})
export class NetworkFlavor {
  @Field(uuid, { ...readOnly, filter: true, sort: true }) readonly id!: string;
  @Field(nameText, { default: '', filter: true, sort: true }) readonly name!: string;
  @Field(orNull(text(1024)), { default: '', filter: true, sort: true }) readonly description!: string | null;
  @Field(oneOf(SERVICE_TYPES), { ...once, required: true, filter: true, sort: true }) readonly service_type!: string;
  @Field(flag, enabled) readonly enabled!: boolean;
  /** Ids; in a request they are ignored, as in neutron: profiles are added one by one. */
  @Field(listOf(uuid), { computed: true, default: [] }) readonly service_profiles!: readonly string[];
}

export type NetworkFlavorData = DataOf<NetworkFlavor>;

/** neutron stores it as a text, and converts other values to one. */
const metainfo: FieldType<string> = {
  ...text(4096),
  convert: (value) => (isRecord(value) ? JSON.stringify(value) : value),
};

/**
 * neutron-lib: flavors (service_profiles). The implementation of a service: a provider's driver, and its parameters.
 */
@Resource({
  api: 'network',
  singular: 'service_profile',
  plural: 'service_profiles',
  path: 'service_profiles',
  notFound: { code: 'ServiceProfileNotFound', text: 'Service Profile %s could not be found.' },
  since: '1.1',
  rules: cloudRules('service_profile', '/service_profiles', 'a profile of a network service', ADMIN),
})
export class ServiceProfile {
  @Field(uuid, { ...readOnly, filter: true, sort: true }) readonly id!: string;
  @Field(orNull(text(1024)), { default: '', filter: true, sort: true }) readonly description!: string | null;
  /** A provider's driver, or empty. */
  @Field(text(1024), { default: '', filter: true, sort: true }) readonly driver!: string;
  @Field(flag, enabled) readonly enabled!: boolean;
  @Field(metainfo, { default: '', sort: true }) readonly metainfo!: string;
}

export type ServiceProfileData = DataOf<ServiceProfile>;

const conflict = { status: 409, retryable: false } as const;

/** In addition to FlavorNotFound, which nova has, too. */
export const networkFlavorErrors = {
  FlavorInUse: conflict,
  FlavorDisabled: { status: 503, retryable: false },
  ServiceProfileNotFound: { status: 404, retryable: false },
  ServiceProfileInUse: conflict,
  ServiceProfileDisabled: { status: 503, retryable: false },
  ServiceProfileDriverNotFound: { status: 404, retryable: false },
  ServiceProfileEmpty: { status: 400, retryable: false },
  FlavorServiceProfileBindingExists: conflict,
  FlavorServiceProfileBindingNotFound: { status: 404, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
