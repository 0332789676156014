import { orNull } from '../../resource/field-type.js';
import { Field } from '../../resource/field.js';
import type { DataOf } from '../../resource/input.js';
import { Resource } from '../../resource/resource.js';
import { OpenAttributes } from './identity-attributes.js';
import { jsonDescription, jsonFlag, jsonName, jsonOneOf, jsonReference, jsonText } from '../../resource/json-types.js';

const regionId = jsonText({ least: 1, most: 255 });

/** keystone's region; the client chooses its id. */
@Resource({
  api: 'identity',
  singular: 'region',
  plural: 'regions',
  create: 'POST or PUT',
  notFound: { code: 'RegionNotFound', text: 'Could not find region: %s.' },
  since: '1.1',
})
export class Region extends OpenAttributes {
  @Field(regionId, { post: orNull(jsonText({ most: 255 })), put: false }) override readonly id!: string;
  @Field(orNull(jsonText({ most: 255 })), { default: '' }) readonly description!: string | null;
  @Field(orNull(regionId), { default: null, filter: true }) readonly parent_region_id!: string | null;
}
export type RegionData = DataOf<Region>;

/** keystone's service: a kind of API in the catalog. */
@Resource({
  api: 'identity',
  singular: 'service',
  plural: 'services',
  notFound: { code: 'CatalogServiceNotFound', text: 'Could not find service: %s.' },
  since: '1.1',
})
export class CatalogService extends OpenAttributes {
  @Field(jsonText({ least: 1, most: 255 }), { required: true, filter: true }) readonly type!: string;
  @Field(jsonText({ least: 1, most: 255 }), { default: '', filter: true }) readonly name!: string;
  @Field(jsonFlag, { default: true }) readonly enabled!: boolean;
}
export type CatalogServiceData = DataOf<CatalogService>;

/** keystone's endpoint: the address of a service. */
@Resource({
  api: 'identity',
  singular: 'endpoint',
  plural: 'endpoints',
  notFound: { code: 'EndpointNotFound', text: 'Could not find endpoint: %s.' },
  since: '1.1',
})
export class Endpoint extends OpenAttributes {
  @Field(jsonOneOf(['admin', 'internal', 'public']), { required: true, filter: true }) readonly interface!: string;
  @Field(orNull(jsonReference), { default: null, filter: true }) readonly region_id!: string | null;
  /** Older name of `region_id`: a region that does not exist is created. */
  @Field(orNull(jsonReference), { computed: true, visible: false }) readonly region?: string | null;
  @Field(jsonReference, { required: true, filter: true }) readonly service_id!: string;
  /** null: from the configuration, for the endpoints of the cloud's own services. */
  @Field(orNull(jsonText({ most: 225 })), {
    post: jsonText({ most: 225, pattern: /^[a-zA-Z0-9+.-]+:.+/ }),
    put: jsonText({ most: 225, pattern: /^[a-zA-Z0-9+.-]+:.+/ }),
    required: true,
  })
  readonly url!: string | null;
  @Field(jsonFlag, { default: true }) readonly enabled!: boolean;
}
export type EndpointData = DataOf<Endpoint>;

/** keystone's endpoint group (OS-EP-FILTER): endpoints with common properties. */
@Resource({
  api: 'identity',
  singular: 'endpoint_group',
  plural: 'endpoint_groups',
  path: 'OS-EP-FILTER/endpoint_groups',
  notFound: { code: 'EndpointGroupNotFound', text: 'Could not find Endpoint Group: %s.' },
  since: '1.1',
})
export class EndpointGroup extends OpenAttributes {
  @Field(jsonName, { required: true, filter: true }) readonly name!: string;
  @Field(orNull(jsonDescription), { default: null }) readonly description!: string | null;
  /** By the names interface, service_id and region_id; a new group has at least one. */
  @Field(filtersType(1), { required: true, put: filtersType(0) }) readonly filters!: Readonly<Record<string, unknown>>;
}
export type EndpointGroupData = DataOf<EndpointGroup>;

function filtersType(least: number) {
  const names = ['service_id', 'region_id', 'interface'];
  return {
    kind: 'json',
    refuse: (value: unknown) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return "it is not of type 'object'";
      const given = Object.keys(value);
      if (given.length < least) return 'filters field is required and cannot be empty';
      if (given.every((name) => names.includes(name))) return undefined;
      return `Expecting to find ${names.join(' or ')} in endpoint_group`;
    },
    schema: { type: 'object' },
  } as const;
}

/** keystone's policy blob: stored for other services, but not enforced. */
@Resource({
  api: 'identity',
  singular: 'policy',
  plural: 'policies',
  notFound: { code: 'PolicyNotFound', text: 'Could not find policy: %s.' },
  since: '1.1',
})
export class PolicyBlob extends OpenAttributes {
  @Field(jsonText({ most: 65_535 }), { required: true }) readonly blob!: string;
  @Field(jsonText({ most: 255 }), { required: true, filter: true }) readonly type!: string;
}
export type PolicyBlobData = DataOf<PolicyBlob>;

export const catalogErrors = {
  PolicyNotFound: { status: 404, retryable: false },
  RegionNotFound: { status: 404, retryable: false },
  CatalogServiceNotFound: { status: 404, retryable: false },
  EndpointNotFound: { status: 404, retryable: false },
  EndpointGroupNotFound: { status: 404, retryable: false },
} as const;
