import type { MetadefKind } from '#libs/contracts';

/** The policy rules for operations on a definition, by its kind. */
export interface KindRules {
  readonly add: string;
  readonly list: string;
  readonly get: string;
  readonly modify: string;
  readonly delete: string;
}

export const METADEF_RULES: Readonly<Record<MetadefKind, KindRules>> = {
  object: {
    add: 'add_metadef_object',
    list: 'get_metadef_objects',
    get: 'get_metadef_object',
    modify: 'modify_metadef_object',
    delete: 'delete_metadef_object',
  },
  property: {
    add: 'add_metadef_property',
    list: 'get_metadef_properties',
    get: 'get_metadef_property',
    modify: 'modify_metadef_property',
    delete: 'remove_metadef_property',
  },
  tag: {
    add: 'add_metadef_tag',
    list: 'get_metadef_tags',
    get: 'get_metadef_tag',
    modify: 'modify_metadef_tag',
    delete: 'delete_metadef_tag',
  },
  resource_type: {
    add: 'add_metadef_resource_type_association',
    list: 'list_metadef_resource_types',
    get: 'get_metadef_resource_type',
    // An association is created again instead of changed.
    modify: 'add_metadef_resource_type_association',
    delete: 'remove_metadef_resource_type_association',
  },
};
