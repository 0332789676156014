import { type } from '#libs/messaging';
import { orNull } from '../../resource/field-type.js';
import { Field, once, readOnly } from '../../resource/field.js';
import type { DataOf } from '../../resource/input.js';
import { fieldArgs } from '../../resource/resource-args.js';
import type { FieldArgs } from '../../resource/resource-args.js';
import { Resource, declarationOf } from '../../resource/resource.js';
import { novaAmount, novaDescription, novaFlag, novaName, novaText, novaWhole, textsByKey } from './nova-types.js';

const detail = ['detail'];
const givenId = novaText({ least: 1, most: 255 });

/** nova's flavor: the properties of servers made with it. ram and swap in MiB, disk and ephemeral in GiB. */
@Resource({
  api: 'compute',
  singular: 'flavor',
  plural: 'flavors',
  notFound: { code: 'FlavorNotFound', text: 'Flavor %s could not be found.' },
  sorts: ['created_at', 'disabled', 'updated_at', 'vcpu_weight'],
})
export class Flavor {
  /** Absent, null or `auto`: a new UUID. A number is converted to text. */
  @Field(novaText({ most: 255 }), {
    post: { ...givenId, convert: (value) => (typeof value === 'number' ? String(value) : (value ?? 'auto')) },
    put: false,
    sort: ['flavorid', 'id'],
  })
  readonly id!: string;
  @Field(novaName, { ...once, required: true, sort: ['name'] }) readonly name!: string;
  @Field(novaWhole(1), { ...once, required: true, sort: ['vcpus'], views: detail }) readonly vcpus!: number;
  @Field(novaWhole(1), { ...once, required: true, sort: ['memory_mb'], views: detail }) readonly ram!: number;
  @Field(novaWhole(0), { ...once, required: true, sort: ['root_gb'], views: detail }) readonly disk!: number;
  @Field(novaWhole(0), {
    ...once,
    name: 'OS-FLV-EXT-DATA:ephemeral',
    default: 0,
    sort: ['ephemeral_gb'],
    views: detail,
  })
  readonly ephemeral!: number;
  @Field(novaWhole(0), { ...once, default: 0, sort: ['swap'], views: detail }) readonly swap!: number;
  /** This and `disabled` had no effect any more when they were removed. */
  @Field(novaAmount, { ...once, default: 1, sort: ['rxtx_factor'], views: detail, until: 101 })
  readonly rxtx_factor!: number;
  @Field(novaFlag, {
    ...once,
    name: 'os-flavor-access:is_public',
    default: true,
    sort: ['is_public'],
    views: detail,
  })
  readonly is_public!: boolean;
  @Field(novaFlag, { ...readOnly, name: 'OS-FLV-DISABLED:disabled', views: detail, until: 101 })
  readonly disabled!: boolean;
  @Field(orNull(novaDescription(65_535)), { sort: ['description'], since: 55 }) readonly description!: string | null;
  /** Shown to callers permitted by the rule `os-flavor-extra-specs:index`. */
  @Field(textsByKey, { ...readOnly, visible: 'given', views: detail, since: 61 })
  readonly extra_specs!: Readonly<Record<string, string>>;
}
export type FlavorData = DataOf<Flavor>;

export type FlavorCreateArgs = FieldArgs<Flavor, 'id' | 'description', 'disabled' | 'extra_specs'>;
export const FlavorCreateArgs = fieldArgs(declarationOf(Flavor), type<FlavorCreateArgs>());
