import { Field, fieldsOf, once, readOnly } from '../resource/field.js';
import type { FieldDeclaration } from '../resource/field.js';
import { isRecord } from '../resource/field-type.js';
import {
  amount,
  bytesOrNull,
  choiceOf,
  formatOf,
  imageId,
  imageText,
  momentText,
  tagList,
  textOrNull,
  truth,
} from './image-types.js';

export const DISK_FORMATS = ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop'];
export const CONTAINER_FORMATS = ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed'];
export const IMAGE_STATUSES = [
  'queued',
  'saving',
  'active',
  'killed',
  'deleted',
  'uploading',
  'importing',
  'pending_delete',
  'deactivated',
] as const;
export const VISIBILITIES = ['community', 'public', 'private', 'shared'] as const;

/**
 * The fields of an image: fields of requests, filters and sort keys, and the published schema (glance.api.v2.images).
 * Any other name in a request is a custom property of the image, with a text as value.
 */
export class ImageFields {
  @Field(imageId, { ...once, filter: true, sort: true }) readonly id!: string;
  @Field(textOrNull(255), { default: null, filter: true, sort: true }) readonly name!: string | null;
  @Field(choiceOf(IMAGE_STATUSES), { ...readOnly, filter: true, sort: true }) readonly status!: string;
  @Field(choiceOf(VISIBILITIES), { default: 'shared', filter: true }) readonly visibility!: string;
  @Field(truth, { default: false, filter: true }) readonly protected!: boolean;
  @Field(truth, { default: false, filter: true }) readonly os_hidden!: boolean;
  @Field(textOrNull(32), { ...readOnly, filter: true }) readonly checksum!: string | null;
  @Field(textOrNull(64), { ...readOnly, filter: true }) readonly os_hash_algo!: string | null;
  @Field(textOrNull(128), { ...readOnly, filter: true }) readonly os_hash_value!: string | null;
  @Field(textOrNull(255), { filter: true }) readonly owner!: string | null;
  @Field(bytesOrNull, { ...readOnly, filter: true, sort: true }) readonly size!: number | null;
  @Field(bytesOrNull, { ...readOnly, filter: true }) readonly virtual_size!: number | null;
  @Field(formatOf(CONTAINER_FORMATS), { default: null, filter: true, sort: true })
  readonly container_format!: string | null;
  @Field(formatOf(DISK_FORMATS), { default: null, filter: true, sort: true }) readonly disk_format!: string | null;
  @Field(momentText, { ...readOnly, filter: true, sort: true }) readonly created_at!: string;
  @Field(momentText, { ...readOnly, filter: true, sort: true }) readonly updated_at!: string;
  @Field(tagList, { default: [] }) readonly tags!: readonly string[];
  @Field(imageText(65_535), { ...readOnly, computed: true }) readonly direct_url!: string;
  @Field(amount, { default: 0, filter: true }) readonly min_ram!: number;
  @Field(amount, { default: 0, filter: true }) readonly min_disk!: number;
  @Field(imageText(65_535), { ...readOnly, computed: true }) readonly self!: string;
  @Field(imageText(65_535), { ...readOnly, computed: true }) readonly file!: string;
  @Field(imageText(65_535), { ...readOnly, computed: true }) readonly stores!: string;
  @Field(imageText(65_535), { ...readOnly, computed: true }) readonly schema!: string;
}

export const imageFields: readonly FieldDeclaration[] = fieldsOf(ImageFields);
/** By name: the fields of an image. Any other name is a property. */
export const imageFieldsByName: ReadonlyMap<string, FieldDeclaration> = new Map(
  imageFields.map((field) => [field.name, field]),
);

/** The input of an image's creation: the declared fields, and the properties separately. */
export type ImageInput = { readonly [K in keyof ImageFields]?: ImageFields[K] };

/** Names that are not allowed for a property (glance's reserved ones). */
export function isReservedProperty(name: string): boolean {
  return ['location', 'locations', 'deleted', 'deleted_at'].includes(name) || name.startsWith('os_glance');
}

const propertyText = imageText(65_535);

/**
 * Why a value of a field or property is refused, or undefined when it is valid; the reason contains the field's name in
 * jsonschema's place for it.
 */
export function refuseImageValue(name: string, value: unknown): string | undefined {
  const type = imageFieldsByName.get(name)?.type ?? propertyText;
  const reason = type.refuse(value);
  return reason === undefined ? undefined : `Provided object does not match schema 'image': ${name}: ${reason}`;
}

/** Checks properties on the bus: texts under names of at most 255 characters. */
export function refuseProperties(value: unknown): string | undefined {
  if (!isRecord(value)) return 'must be an object';
  for (const [name, text] of Object.entries(value)) {
    const reason = name.length > 255 ? 'has too long a name' : propertyText.refuse(text);
    if (reason !== undefined) return `${name.slice(0, 64)}: ${reason}`;
  }
  return undefined;
}
