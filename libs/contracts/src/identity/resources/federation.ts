import { orNull } from '../../resource/field-type.js';
import type { FieldType } from '../../resource/field-type.js';
import { Field, once, readOnly } from '../../resource/field.js';
import type { DataOf } from '../../resource/input.js';
import { Resource } from '../../resource/resource.js';
import { IdentityAttributes } from './identity-attributes.js';
import {
  jsonDescription,
  jsonFlag,
  jsonId,
  jsonList,
  jsonObject,
  jsonText,
  jsonUrl,
  jsonWhole,
} from '../../resource/json-types.js';

const chosenId = jsonText({ least: 1, most: 64 });
const remoteId = jsonText({ most: 64 });
/** keystone's `[federation] attribute_mapping_default_schema_version`. */
export const DEFAULT_MAPPING_SCHEMA = '1.0';
/** keystone checks it after it has replaced null and absence by its default. */
const mappingSchema: FieldType<string> = {
  ...jsonText({ most: 5 }),
  convert: (value) => (value === null || value === '' ? DEFAULT_MAPPING_SCHEMA : value),
};

/** A foreign identity provider: stored and shown; nobody can log in through it. */
@Resource({
  api: 'identity',
  singular: 'identity_provider',
  plural: 'identity_providers',
  path: 'OS-FEDERATION/identity_providers',
  create: 'PUT',
  notFound: { code: 'IdentityProviderNotFound', text: 'Could not find Identity Provider: %s.' },
  since: '1.1',
})
export class IdentityProvider extends IdentityAttributes {
  @Field(chosenId, { put: false, filter: true }) override readonly id!: string;
  @Field(jsonFlag, { default: false, filter: true }) readonly enabled!: boolean;
  @Field(orNull(jsonDescription), { default: null }) readonly description!: string | null;
  /** Minutes. */
  @Field(orNull(jsonWhole(0, 0x7f_ff_ff_ff)), { default: null }) readonly authorization_ttl!: number | null;
  /** Each belongs to one provider. */
  @Field(orNull(jsonList(remoteId, 100)), { default: [] }) readonly remote_ids!: readonly string[] | null;
  /** Absent: a new domain is created for it. */
  @Field(orNull(jsonId), once) readonly domain_id!: string | null;
}
export type IdentityProviderData = DataOf<IdentityProvider>;

/** The protocol by which a provider's users log in, and its mapping. */
@Resource({
  api: 'identity',
  singular: 'protocol',
  plural: 'protocols',
  create: 'PUT',
  parent: { type: IdentityProvider, field: 'idp_id' },
  notFound: { code: 'ProtocolNotFound', text: 'Could not find federated protocol %s for Identity Provider.' },
  since: '1.1',
})
export class FederationProtocol extends IdentityAttributes {
  @Field(chosenId, { put: false }) override readonly id!: string;
  @Field(chosenId, { put: false, visible: false }) readonly idp_id!: string;
  @Field(chosenId, { required: true }) readonly mapping_id!: string;
  @Field(orNull(remoteId), { default: null }) readonly remote_id_attribute!: string | null;
}
export type FederationProtocolData = DataOf<FederationProtocol>;

/** The mapping of a provider's assertions to local users and groups. */
@Resource({
  api: 'identity',
  singular: 'mapping',
  plural: 'mappings',
  path: 'OS-FEDERATION/mappings',
  create: 'PUT',
  notFound: { code: 'MappingNotFound', text: 'Could not find mapping: %s.' },
  since: '1.1',
})
export class FederationMapping extends IdentityAttributes {
  @Field(chosenId, { put: false }) override readonly id!: string;
  @Field(jsonList(jsonObject(), 1000, false), { required: true }) readonly rules!: readonly Readonly<
    Record<string, unknown>
  >[];
  @Field(mappingSchema, { default: DEFAULT_MAPPING_SCHEMA }) readonly schema_version!: string;
}
export type FederationMappingData = DataOf<FederationMapping>;

/** A cloud to which this cloud's users can be sent. */
@Resource({
  api: 'identity',
  singular: 'service_provider',
  plural: 'service_providers',
  path: 'OS-FEDERATION/service_providers',
  create: 'PUT',
  notFound: { code: 'ServiceProviderNotFound', text: 'Could not find Service Provider: %s.' },
  since: '1.1',
})
export class ServiceProvider extends IdentityAttributes {
  @Field(chosenId, { put: false, filter: true }) override readonly id!: string;
  @Field(jsonUrl, { required: true }) readonly auth_url!: string;
  @Field(jsonUrl, { required: true }) readonly sp_url!: string;
  @Field(orNull(jsonDescription), { default: null }) readonly description!: string | null;
  @Field(jsonFlag, { default: false, filter: true }) readonly enabled!: boolean;
  @Field(orNull(jsonText({ most: 256 })), { default: 'ss:mem:' }) readonly relay_state_prefix!: string | null;
}
export type ServiceProviderData = DataOf<ServiceProvider>;

/** A client of OAuth 1.0a; its secret is shown once. */
@Resource({
  api: 'identity',
  singular: 'consumer',
  plural: 'consumers',
  path: 'OS-OAUTH1/consumers',
  notFound: { code: 'ConsumerNotFound', text: 'Could not find Consumer: %s.' },
  since: '1.1',
})
export class OAuthConsumer extends IdentityAttributes {
  @Field(orNull(jsonDescription), { default: null }) readonly description!: string | null;
  @Field(orNull(jsonText({ most: 64 })), { ...readOnly, computed: true }) readonly secret?: string | null;
  @Field(jsonObject(), { default: {}, visible: false }) readonly extra!: Readonly<Record<string, unknown>>;
}
export type OAuthConsumerData = DataOf<OAuthConsumer>;

export const federationErrors = {
  IdentityProviderNotFound: { status: 404, retryable: false },
  ProtocolNotFound: { status: 404, retryable: false },
  MappingNotFound: { status: 404, retryable: false },
  ServiceProviderNotFound: { status: 404, retryable: false },
  ConsumerNotFound: { status: 404, retryable: false },
} as const;
