import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once } from '../resource/field.js';
import type { Extension } from '../resource/field.js';
import { isRecord, orNull, shownValue } from '../resource/field-type.js';
import type { FieldType } from '../resource/field-type.js';
import type { DataOf, InputOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN, cloudRules } from './owned-rules.js';
import { TaggedAttributes } from './standard-attributes.js';
import { listOf } from './types/list-types.js';
import { nameText, text, uuid, whole } from './types/plain-types.js';

/** The range of a segment's id; the range of a type is narrower. */
export const segmentationId = orNull(whole(0, 4_294_967_295));
export const physicalNetwork = orNull(text(64));
export const networkType = text(32);

/** The extensions that segments add to networks, subnets and addresses, with the texts of neutron-lib. */
export const segmentExtensions = {
  segment: {
    alias: 'segment',
    name: 'Segment',
    description: 'Segments extension.',
    updated: '2016-02-24T17:00:00-00:00',
  },
  standard: {
    alias: 'standard-attr-segment',
    name: 'Standard Attribute Segment Extension',
    description: 'Add standard attributes to Segment resource',
    updated: '2018-04-09T10:00:00-00:00',
  },
  writable: {
    alias: 'subnet-segmentid-writable',
    name: 'Subnet SegmentID (writable)',
    description: 'Provides a writable segment_id attribute for a subnet resource.',
    updated: '2018-03-12T00:00:00-00:00',
  },
  enforced: {
    alias: 'subnet-segmentid-enforce',
    name: 'Subnet SegmentID (policy enforced)',
    description: 'Enforce segment_id policy rule.',
    updated: '2018-09-04T00:00:00-00:00',
  },
  multiProvider: {
    alias: 'multi-provider',
    name: 'Multi Provider Network',
    description: 'Expose mapping of virtual networks to multiple physical networks',
    updated: '2013-06-27T10:00:00-00:00',
  },
  adjacency: {
    alias: 'l2_adjacency',
    name: 'L2 Adjacency',
    description: 'Display L2 Adjacency for Neutron Networks.',
    updated: '2016-04-12T16:00:00-00:00',
  },
} as const satisfies Record<string, Extension>;

/**
 * neutron-lib: segment, standard_attr_segment. The physical location of a network; a network with several segments is a
 * routed or multi-provider one.
 */
@Resource({
  api: 'network',
  singular: 'segment',
  plural: 'segments',
  notFound: { code: 'SegmentNotFound', text: 'Segment %s could not be found.' },
  since: '1.1',
  tags: true,
  extensions: [segmentExtensions.segment, segmentExtensions.standard],
  rules: cloudRules('segment', '/segments', 'a segment', ADMIN),
})
export class NetworkSegment extends TaggedAttributes {
  /** The name of its network. */
  @Field(text(255), { ...once, alias: 'tenant_id', visible: false }) override readonly project_id!: string;
  @Field(uuid, { ...once, required: true, filter: true, sort: true }) readonly network_id!: string;
  @Field(orNull(nameText), { filter: true, sort: true }) readonly name!: string | null;
  @Field(networkType, { ...once, required: true, filter: true, sort: true }) readonly network_type!: string;
  @Field(physicalNetwork, { ...once, filter: true, sort: true }) readonly physical_network!: string | null;
  /** Absent on a create: any free id, if the type has ids. */
  @Field(segmentationId, { ...once, sort: true }) readonly segmentation_id!: number | null;
}

export type NetworkSegmentData = DataOf<NetworkSegment>;
export type NetworkSegmentInput = InputOf<NetworkSegment>;

/** A segment in the representation of a network with several segments. */
export interface ProviderSegment {
  readonly 'provider:network_type'?: string;
  readonly 'provider:physical_network'?: string | null;
  readonly 'provider:segmentation_id'?: number | null;
}

const MEMBERS: Readonly<Record<string, FieldType>> = {
  'provider:network_type': networkType,
  'provider:physical_network': physicalNetwork,
  'provider:segmentation_id': segmentationId,
};

const providerSegment: FieldType<ProviderSegment> = {
  kind: 'json',
  convert: (value) =>
    isRecord(value)
      ? Object.fromEntries(
          Object.entries(value).map(([name, member]) => [name, MEMBERS[name]?.convert?.(member) ?? member]),
        )
      : value,
  refuse: (value) => {
    if (!isRecord(value)) return `${shownValue(value)} is not a dictionary`;
    const unknown = Object.keys(value).filter((name) => !Object.hasOwn(MEMBERS, name));
    if (unknown.length > 0) return `Unrecognized attribute(s) ${shownValue(unknown.join(', '))}`;
    for (const [name, member] of Object.entries(value)) {
      const reason = MEMBERS[name]?.refuse(member);
      if (reason !== undefined) return reason;
    }
    return undefined;
  },
  schema: {
    type: 'object',
    properties: Object.fromEntries(Object.entries(MEMBERS).map(([name, { schema }]) => [name, schema])),
    additionalProperties: false,
  },
};

/** `type:network_segments`; neutron has a special message for two equal segments. */
export const providerSegments = listOf(providerSegment, { key: () => undefined });

export const segmentErrors = {
  SegmentNotFound: { status: 404, retryable: false },
  SegmentInUse: { status: 409, retryable: false },
  FlatNetworkInUse: { status: 409, retryable: false },
  SegmentsSetInConjunctionWithProviders: { status: 400, retryable: false },
  SegmentsContainDuplicateEntry: { status: 400, retryable: false },
  NetworkIdsDontMatch: { status: 400, retryable: false },
  SubnetsNotAllAssociatedWithSegments: { status: 400, retryable: false },
  SubnetSegmentAssociationChangeNotAllowed: { status: 400, retryable: false },
  NoUpdateSubnetWhenMultipleSegmentsOnNetwork: { status: 400, retryable: false },
  FixedIpsSubnetsNotOnSameSegment: { status: 400, retryable: false },
  HostNotConnectedToAnySegment: { status: 409, retryable: false },
  HostNotCompatibleWithFixedIps: { status: 409, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
