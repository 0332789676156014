import { orNull, shownValue } from '../../resource/field-type.js';
import type { FieldType } from '../../resource/field-type.js';
import { Field, readOnly } from '../../resource/field.js';
import type { DataOf } from '../../resource/input.js';
import { Resource } from '../../resource/resource.js';
import { isName } from '../body-forms.js';
import { madeText, madeTexts, madeTime, novaLooseName, novaWhole, textsByKey } from './nova-types.js';

const detail = ['detail'];

/** A zone: a name without a colon, which would name a host. */
const zone: FieldType<string> = {
  kind: 'text',
  refuse: (value) =>
    typeof value === 'string' && isName(value) && /^[^:]{1,255}$/.test(value)
      ? undefined
      : `${shownValue(value)}: a zone is a name of 1 to 255 characters without a colon`,
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[^:]*$' },
};

/** nova's aggregate: hosts with metadata; one with the key `availability_zone` is a zone. */
@Resource({
  api: 'compute',
  singular: 'aggregate',
  plural: 'aggregates',
  path: 'os-aggregates',
  notFound: { code: 'AggregateNotFound', text: 'Aggregate %s could not be found.' },
})
export class Aggregate {
  @Field(novaWhole(0), readOnly) readonly id!: number;
  @Field(madeText, { ...readOnly, since: 41 }) readonly uuid!: string;
  @Field(novaLooseName, { required: true }) readonly name!: string;
  /** It is in the metadata. */
  @Field(orNull(zone), { computed: true }) readonly availability_zone?: string | null;
  @Field(textsByKey, { ...readOnly, views: detail }) readonly metadata!: Readonly<Record<string, string>>;
  @Field(madeTexts, { ...readOnly, computed: true, views: detail }) readonly hosts!: readonly string[];
  @Field(madeTime, readOnly) readonly created_at!: string;
  @Field(orNull(madeTime), readOnly) readonly updated_at!: string | null;
}
export type AggregateData = DataOf<Aggregate>;
