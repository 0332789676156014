import { Field, readOnly } from '../../resource/field.js';
import { jsonId, jsonObject } from '../../resource/json-types.js';

/** What every resource of the Identity API has. */
export class IdentityAttributes {
  @Field(jsonId, readOnly) readonly id!: string;
}

/** A resource that keeps attributes which nobody here knows, as keystone's `extra` column. */
export class OpenAttributes extends IdentityAttributes {
  /** Shown beside the fields. null as a value takes an attribute away. */
  @Field(jsonObject(), { default: {}, visible: false }) readonly extra!: Readonly<Record<string, unknown>>;
}
