import { orNull } from '../../resource/field-type.js';
import { Field, readOnly } from '../../resource/field.js';
import type { DataOf } from '../../resource/input.js';
import { Resource, declarationOf } from '../../resource/resource.js';
import { madeText, madeTime, novaFlag, novaOneOf, novaWhole } from './nova-types.js';

/**
 * nova's service: a program that reports, and is alive while it does; for compute hosts also whether they accept
 * servers.
 */
@Resource({
  api: 'compute',
  singular: 'service',
  plural: 'services',
  path: 'os-services',
  notFound: { code: 'ServiceNotFound', text: 'Service %s could not be found.' },
  changes: [{ version: '1.1', contract: '1.1', adds: ['number', 'forced_down'] }],
})
export class Service {
  @Field(madeText, { ...readOnly, since: 53 }) readonly id!: string;
  @Field(novaWhole(0), { ...readOnly, name: 'id', until: 52 }) readonly number!: number;
  /** Under Albireo's name; clients know nova's. */
  @Field(madeText, readOnly) readonly binary!: string;
  @Field(madeText, readOnly) readonly host!: string;
  @Field(madeText, readOnly) readonly zone!: string;
  @Field(novaOneOf(['enabled', 'disabled']), readOnly) readonly status!: 'enabled' | 'disabled';
  /** `up` while the last report is younger than `service_down_time`. */
  @Field(novaOneOf(['up', 'down']), readOnly) readonly state!: 'up' | 'down';
  @Field(orNull(madeText), readOnly) readonly disabled_reason!: string | null;
  /** Forced down by an administrator. */
  @Field(novaFlag, { ...readOnly, since: 11 }) readonly forced_down!: boolean;
  @Field(madeTime, readOnly) readonly updated_at!: string;
}
export type ServiceData = DataOf<Service>;
export const ServicePage = declarationOf(Service).page;
