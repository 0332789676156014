import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
} from 'class-validator';
import { inputChecker } from '../resource/input.js';
import { isRecord } from '../resource/field-type.js';
import { IdArgs } from '../objects/list-args.js';
import { imageFields, refuseProperties } from './images.js';
import type { ImageInput } from './images.js';

/** A property whose value is checked by one function; the message is the reason that it returns. */
function Judged(name: string, refuse: (value: unknown) => string | undefined): PropertyDecorator {
  return ValidateBy({
    name,
    validator: {
      validate: (value: unknown) => refuse(value) === undefined,
      defaultMessage: (found) => refuse(found?.value) ?? '',
    },
  });
}

export class ImageCreateArgs {
  @Judged('image', inputChecker(imageFields, 'post')) readonly image!: ImageInput;
  @Judged('properties', refuseProperties) readonly properties!: Readonly<Record<string, string>>;
}

/** One operation of a JSON patch on a field or property, whose value has been checked. */
export interface ImageChange {
  readonly op: 'add' | 'replace' | 'remove';
  readonly name: string;
  readonly value?: unknown;
  /** For `locations`: which of them, an index or `-` for the end; absent: all of them. */
  readonly at?: string;
  /** `add` of the older drafts refuses an existing member. */
  readonly must_be_new?: boolean;
}

function refuseChanges(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length > 1000) return 'must be a list of at most 1000';
  const fine = value.every(
    (change) =>
      isRecord(change) &&
      typeof change['name'] === 'string' &&
      change['name'].length <= 255 &&
      ['add', 'replace', 'remove'].includes(String(change['op'])),
  );
  return fine ? undefined : 'must be operations with op and name';
}

export class ImageUpdateArgs extends IdArgs {
  @Judged('changes', refuseChanges) readonly changes!: readonly ImageChange[];
}

export class ImageActionArgs extends IdArgs {
  @IsIn(['deactivate', 'reactivate']) readonly action!: 'deactivate' | 'reactivate';
}

export class ImageTagArgs extends IdArgs {
  @IsIn(['add', 'remove']) readonly op!: 'add' | 'remove';
  @IsString() @MaxLength(255) readonly tag!: string;
}

/** One of the stores that contain the data of an image. */
export class ImageStoreArgs extends IdArgs {
  @IsString() @MaxLength(255) readonly store!: string;
}

/** A location of data that is stored elsewhere, and its digest. */
export class ImageLocationAddArgs extends IdArgs {
  /** Since 1.2: always present for a worker of a newer gateway. */
  @IsOptional() @IsString() @MaxLength(65_535) readonly url?: string | null;
  @IsOptional() @IsIn(['md5', 'sha1', 'sha256', 'sha512']) readonly os_hash_algo?: string | null;
  @IsOptional() @Matches(/^(?:[0-9a-fA-F]{2}){1,64}$/) readonly os_hash_value?: string | null;
}

/** A member of an image. */
export class ImageMemberArgs extends IdArgs {
  @IsString() @MaxLength(255) readonly member_id!: string;
}

export class ImageMemberUpdateArgs extends ImageMemberArgs {
  @IsString() @MaxLength(255) readonly status!: string;
}

/** `upload` makes the image active when it is finished, `stage` stores the bytes for an import. */
export class ImageUploadArgs extends IdArgs {
  @IsIn(['upload', 'stage']) readonly purpose!: 'upload' | 'stage';
  /** Bytes that the client has announced. */
  @IsOptional() @IsInt() @Min(0) readonly size?: number | null;
  @IsOptional() @IsString() @MaxLength(255) readonly store?: string | null;
}

export class ImageTokenArgs extends IdArgs {
  @IsString() @MaxLength(64) readonly token!: string;
}

/** The written data: number of bytes, and digests in hexadecimal. */
export class ImageFinishArgs extends ImageTokenArgs {
  @IsInt() @Min(0) @Max(Number.MAX_SAFE_INTEGER) readonly size!: number;
  @Matches(/^[0-9a-f]{32}$/) readonly checksum!: string;
  @IsIn(['sha512']) readonly os_hash_algo!: 'sha512';
  @Matches(/^[0-9a-f]{128}$/) readonly os_hash_value!: string;
  /** From the header of the format; null if unknown. */
  @IsOptional() @IsInt() @Min(0) @Max(Number.MAX_SAFE_INTEGER) readonly virtual_size?: number | null;
}

/** `POST /v2/images/{id}/import`, checked for its form. */
export class ImageImportArgs extends IdArgs {
  @IsIn(['glance-direct', 'web-download', 'copy-image']) readonly method!:
    | 'glance-direct'
    | 'web-download'
    | 'copy-image';
  @IsOptional() @IsString() @MaxLength(4096) readonly uri?: string | null;
  /** Absent: the default one. */
  @IsOptional() @IsArray() @IsString({ each: true }) readonly stores?: readonly string[] | null;
  /** Every store that does not have it yet. */
  @IsOptional() @IsBoolean() readonly all_stores?: boolean;
  /** The unchanged body, for the task's record. */
  @IsObject() readonly request!: Readonly<Record<string, unknown>>;
}

/** A task that a caller may create directly: glance's type `import`. */
export class ImageTaskCreateArgs {
  @IsString() @MaxLength(30) readonly type!: string;
  @IsObject() readonly input!: Readonly<Record<string, unknown>>;
}
