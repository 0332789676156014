import { Field, readOnly } from '../resource/field.js';
import type { Extension } from '../resource/field.js';
import type { Declaration } from '../resource/resource.js';
import { text, time, uuid, whole } from './types/plain-types.js';
import { tagFilter } from './types/filter-readers.js';
import { listOf } from './types/list-types.js';

const description: Extension = {
  alias: 'standard-attr-description',
  name: 'standard-attr-description',
  description: 'Extension to add descriptions to standard attributes',
  updated: '2016-02-10T10:00:00-00:00',
};

const revisions: Extension = {
  alias: 'standard-attr-revisions',
  name: 'Resource revision numbers',
  description: 'This extension will display the revision number of neutron resources.',
  updated: '2016-04-11T10:00:00-00:00',
};

const timestamps: Extension = {
  alias: 'standard-attr-timestamp',
  name: 'Resource timestamps',
  description: 'Adds created_at and updated_at fields to all Neutron resources that have Neutron standard attributes.',
  updated: '2016-09-12T10:00:00-00:00',
};

const projectId: Extension = {
  alias: 'project-id',
  name: 'project_id field enabled',
  description: 'Extension that indicates that project_id field is enabled.',
  updated: '2016-09-09T09:09:09-09:09',
};

/** The attribute of a resource that a project owns. */
export class OwnedAttributes {
  @Field(uuid, { ...readOnly, filter: true, sort: true }) readonly id!: string;
  @Field(text(255), { put: false, alias: 'tenant_id', filter: true, sort: true, extension: projectId })
  readonly project_id!: string;
}

/** A resource below a project's resource: it has the project of its parent, and responses do not show it. */
export class ChildAttributes {
  @Field(uuid, { ...readOnly, filter: true, sort: true }) readonly id!: string;
  @Field(text(255), { put: false, alias: 'tenant_id', visible: false }) readonly project_id!: string;
}

/** neutron's standard attributes; times are ISO 8601 UTC with `Z`. */
export class StandardAttributes extends OwnedAttributes {
  @Field(text(255), { default: '', filter: true, extension: description }) readonly description!: string;
  @Field(whole(0, Number.MAX_SAFE_INTEGER), { ...readOnly, filter: true, extension: revisions })
  readonly revision_number!: number;
  @Field(time, { ...readOnly, extension: timestamps }) readonly created_at!: string;
  @Field(time, { ...readOnly, extension: timestamps }) readonly updated_at!: string;
}

/** Whether a resource has neutron's standard attribute of its last change, and with it the filter `changed_since`. */
export function isTimed({ byField }: Declaration): boolean {
  return byField.get('updated_at')?.extension === timestamps;
}

/** neutron's tag service: limits of the number of tags and of their length. */
export const MOST_TAGS = 50;
export const tagList = listOf(text(255));

/** Standard attributes of a resource with `…/{id}/tags`; it is a resource with `tags: true`. */
export class TaggedAttributes extends StandardAttributes {
  @Field(tagList, { ...readOnly, filter: tagFilter('tags') }) readonly tags!: readonly string[];
}
