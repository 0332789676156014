import { IsArray, IsBoolean, IsIn, IsObject, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { objectType } from '../objects/versioned-object.js';

/** A kind of definition inside a namespace; `resource_type`: an association with a type of resource. */
export const METADEF_KINDS = ['object', 'property', 'tag', 'resource_type'] as const;
export type MetadefKind = (typeof METADEF_KINDS)[number];

/** Names a namespace. */
export class MetadefNamespaceArgs {
  @IsString() @MaxLength(80) readonly namespace!: string;
}

/** The fields of a namespace; on a change, absent fields get their defaults, as in glance. */
export class MetadefNamespaceFields {
  @IsString() @MinLength(1) @MaxLength(80) readonly name!: string;
  @IsOptional() @IsString() @MaxLength(80) readonly display_name?: string | null;
  @IsOptional() @IsString() @MaxLength(500) readonly description?: string | null;
  @IsIn(['public', 'private']) readonly visibility!: 'public' | 'private';
  @IsBoolean() readonly protected!: boolean;
  @IsOptional() @IsString() @MaxLength(255) readonly owner?: string | null;
}

/** One requested definition. */
export interface MetadefItemInput {
  readonly kind: MetadefKind;
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export class MetadefNamespaceCreateArgs extends MetadefNamespaceFields {
  @IsArray() @IsObject({ each: true }) readonly items!: readonly MetadefItemInput[];
}

export class MetadefNamespaceUpdateArgs extends MetadefNamespaceFields {
  @IsString() @MaxLength(80) readonly namespace!: string;
}

export class MetadefItemsArgs extends MetadefNamespaceArgs {
  @IsIn(METADEF_KINDS) readonly kind!: MetadefKind;
}

export class MetadefItemArgs extends MetadefItemsArgs {
  @IsString() @MaxLength(80) readonly name!: string;
}

/** One definition or, for tags, all of them: `append` keeps the existing ones. */
export class MetadefItemCreateArgs extends MetadefItemsArgs {
  @IsArray() @IsObject({ each: true }) readonly items!: readonly MetadefItemInput[];
  /** Absent: the items are new; given: they replace the existing ones, or are added to them. */
  @IsOptional() @IsIn(['replace', 'append']) readonly all?: 'replace' | 'append';
}

export class MetadefItemUpdateArgs extends MetadefItemArgs {
  @IsString() @MinLength(1) @MaxLength(80) readonly new_name!: string;
  @IsObject() readonly body!: Readonly<Record<string, unknown>>;
}

/** A page of namespaces. */
export class MetadefListArgs {
  @IsOptional() @IsIn(['public', 'private']) readonly visibility?: 'public' | 'private';
  @IsOptional() @IsArray() @IsString({ each: true }) readonly resource_types?: readonly string[];
  @IsOptional() @IsString() @MaxLength(80) readonly marker?: string;
  @IsOptional() readonly limit?: number;
  @IsIn(['created_at', 'updated_at', 'namespace', 'visibility']) readonly sort_key!: string;
  @IsIn(['asc', 'desc']) readonly sort_dir!: 'asc' | 'desc';
}

/** A definition: `body` is the API's representation without name and times. */
export interface MetadefItemData {
  readonly kind: MetadefKind;
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A namespace of metadata definitions (glance.api.v2.metadef_namespaces). */
export interface MetadefNamespaceData {
  readonly namespace: string;
  readonly display_name: string | null;
  readonly description: string | null;
  readonly visibility: 'public' | 'private';
  readonly protected: boolean;
  readonly owner: string | null;
  /** All definitions in one namespace; in a list its associations. */
  readonly items: readonly MetadefItemData[];
  readonly created_at: string;
  readonly updated_at: string;
}

export const MetadefItem = objectType<MetadefItemData>('MetadefItem', '1.0');
export const MetadefItems = objectType<{ readonly items: readonly MetadefItemData[] }>('MetadefItems', '1.0');
export const MetadefNamespace = objectType<MetadefNamespaceData>('MetadefNamespace', '1.0');
export const MetadefNamespaces = objectType<{ readonly namespaces: readonly MetadefNamespaceData[] }>(
  'MetadefNamespaces',
  '1.0',
);

/** A type of resource that namespaces can be associated with. */
export interface MetadefResourceTypeData {
  readonly name: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export const MetadefResourceTypes = objectType<{ readonly resource_types: readonly MetadefResourceTypeData[] }>(
  'MetadefResourceTypes',
  '1.0',
);
