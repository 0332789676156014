import { ArrayMaxSize, IsArray, IsIn, IsString, MaxLength } from 'class-validator';

export const TAG_CHANGES = ['add', 'remove', 'replace'] as const;
export type TagChange = (typeof TAG_CHANGES)[number];

/** What is to become of the tags of a resource. */
export class TagArgs {
  /** The resource's plural: `networks`. */
  @IsString() @MaxLength(64) readonly resource!: string;
  @IsString() @MaxLength(255) readonly id!: string;
  /** `remove` of one that is not there is TagNotFound; `replace` by none takes all away. */
  @IsIn(TAG_CHANGES) readonly change!: TagChange;
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  @MaxLength(255, { each: true })
  readonly tags!: readonly string[];
}
