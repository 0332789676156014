import { ArrayMaxSize, IsArray, IsIn, IsString, MaxLength } from 'class-validator';
import type { Declaration } from '../resource/resource.js';

export const TAG_CHANGES = ['add', 'remove', 'replace'] as const;
export type TagChange = (typeof TAG_CHANGES)[number];

/** The names in policy rules: POST, PUT (also of one tag) and DELETE (also of all). */
export const TAG_OPERATIONS = ['create', 'update', 'delete'] as const;
export type TagOperation = (typeof TAG_OPERATIONS)[number];

/** The rule that is checked: the resource's own about tags (`update_security_group:tags`), or that of the resource. */
export function tagRule({ qualified, rules }: Declaration, operation: TagOperation | 'get'): string {
  const own = `${operation}_${qualified}:tags`;
  if (rules.some(([name]) => name === own)) return own;
  return operation === 'get' ? `get_${qualified}` : `update_${qualified}`;
}

/** The change to the tags of a resource. */
export class TagArgs {
  /** The resource's plural: `networks`. */
  @IsString() @MaxLength(64) readonly resource!: string;
  @IsString() @MaxLength(255) readonly id!: string;
  /** `remove` of a missing tag is TagNotFound; `replace` with an empty list removes all. */
  @IsIn(TAG_CHANGES) readonly change!: TagChange;
  @IsIn(TAG_OPERATIONS) readonly operation!: TagOperation;
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  @MaxLength(255, { each: true })
  readonly tags!: readonly string[];
}
