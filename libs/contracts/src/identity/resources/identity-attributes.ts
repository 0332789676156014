import { Field, readOnly } from '../../resource/field.js';
import { jsonId, jsonObject } from '../../resource/json-types.js';

/** The attributes of every resource of the Identity API. */
export class IdentityAttributes {
  @Field(jsonId, readOnly) readonly id!: string;
}

/** A resource that stores unknown attributes, as keystone's `extra` column. */
export class OpenAttributes extends IdentityAttributes {
  /** Shown next to the fields. A null value removes an attribute. */
  @Field(jsonObject(), { default: {}, visible: false }) readonly extra!: Readonly<Record<string, unknown>>;
}
