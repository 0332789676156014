import { Field, readOnly } from '../resource/field.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { oneOf, text } from './types/plain-types.js';

/** neutron-lib: availability_zone, availability_zone_filter. The zones that agents report. */
@Resource({
  api: 'network',
  singular: 'availability_zone',
  plural: 'availability_zones',
  path: 'availability_zones',
  notFound: { code: 'AvailabilityZoneNotFound', text: 'AvailabilityZone %s could not be found.' },
  since: '1.1',
  operations: ['list'],
  extensions: [
    {
      alias: 'availability_zone',
      name: 'Availability Zone',
      description: 'The availability zone extension.',
      updated: '2015-01-01T10:00:00-00:00',
    },
    {
      alias: 'availability_zone_filter',
      name: 'Availability Zone Filter Extension',
      description: 'Add filter parameters to AvailabilityZone resource',
      updated: '2018-06-22T10:00:00-00:00',
    },
  ],
  rules: [['get_availability_zone', 'role:reader', 'List availability zones', 'GET /availability_zones']],
})
export class NetworkAvailabilityZone {
  /** Made from its kind and name. */
  @Field(text(300), { ...readOnly, visible: false }) readonly id!: string;
  @Field(text(255), { ...readOnly, filter: true }) readonly name!: string;
  /** What can be placed there. */
  @Field(oneOf(['network', 'router']), { ...readOnly, filter: true }) readonly resource!: 'network' | 'router';
  /** `unavailable` when every agent there is administratively down. */
  @Field(oneOf(['available', 'unavailable']), { ...readOnly, filter: true })
  readonly state!: 'available' | 'unavailable';
}

export type NetworkAvailabilityZoneData = DataOf<NetworkAvailabilityZone>;
