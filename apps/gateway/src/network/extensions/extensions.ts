import { declarationsOf } from '#libs/contracts';
import type { Extension, ResourceTable } from '#libs/contracts';

/** The extensions of the API as a whole, with the texts of neutron-lib's definitions. */
const general: readonly Extension[] = [
  {
    alias: 'auto-allocated-topology',
    name: 'Auto Allocated Topology Services',
    description: 'Auto Allocated Topology Services.',
    updated: '2016-01-01T00:00:00-00:00',
  },
  {
    alias: 'empty-string-filtering',
    name: 'Empty String Filtering Extension',
    description: 'Allow filtering by attributes with empty string value',
    updated: '2018-05-01T10:00:00-00:00',
  },
  {
    alias: 'filter-validation',
    name: 'Filter parameters validation',
    description: 'Provides validation on filter parameters.',
    updated: '2018-07-04T10:00:00-00:00',
  },
  {
    alias: 'pagination',
    name: 'Pagination support',
    description: 'Extension that indicates that pagination is enabled.',
    updated: '2016-06-12T00:00:00-00:00',
  },
  {
    alias: 'qos-rule-type-details',
    name: 'Details of QoS rule types',
    description: 'Expose details about QoS rule types supported by loaded backend drivers',
    updated: '2017-06-22T10:00:00-00:00',
  },
  {
    alias: 'qos-rule-type-filter',
    name: 'Allow to filter the list of QoS rule types',
    description:
      'Allows to filter the QoS rule type list adding two new flags. "all_rules" prints all implemented QoS rule types."all_supported" prints all supported QoS rule types by the loaded mechanism drivers',
    updated: '2022-02-02T10:00:00-00:00',
  },
  {
    alias: 'router-admin-state-down-before-update',
    name: "Enforce Router's Admin State Down Before Update Extension",
    description:
      'Ensure that the admin state of a router is DOWN (admin_state_up=False) before updating the distributed attribute',
    updated: '2019-07-02T15:56:00',
  },
  {
    alias: 'quotas',
    name: 'Quota management support',
    description: 'Expose functions for quotas management per project',
    updated: '2012-07-29T10:00:00-00:00',
  },
  {
    alias: 'quota_details',
    name: 'Quota details management support',
    description: 'Expose functions for quotas usage statistics per project',
    updated: '2017-02-10T10:00:00-00:00',
  },
  {
    alias: 'quota-check-limit',
    name: 'Quota engine limit check',
    description: 'Support for checking the resource usage before applying a new quota limit',
    updated: '2021-09-08T16:00:00-00:00',
  },
  {
    alias: 'quota-check-limit-default',
    name: 'Quota engine limit check by default',
    description: 'By default, the Neutron quota engine checks the resource usage before applying a new quota limit',
    updated: '2024-08-21T16:00:00-00:00',
  },
  {
    alias: 'revision-if-match',
    name: 'If-Match constraints based on revision_number',
    description: 'Extension indicating that If-Match based on revision_number is supported.',
    updated: '2016-12-11T00:00:00-00:00',
  },
  {
    alias: 'sort-key-validation',
    name: 'Sort keys validation',
    description: 'Provides validation on sort keys.',
    updated: '2018-07-04T10:00:00-00:00',
  },
  {
    alias: 'sorting',
    name: 'Sorting support',
    description: 'Extension that indicates that sorting is enabled.',
    updated: '2016-06-12T00:00:00-00:00',
  },
];

/** An extension as `GET /v2.0/extensions` lists it. */
export type ListedExtension = Extension & { readonly links: readonly never[] };

/**
 * The extensions that the API really has: its own, and those that its resources and their fields declare. Clients
 * choose features by alias, so an extension is declared only when all of its features work.
 */
export function extensionsOf(resources: ResourceTable): readonly ListedExtension[] {
  const declarations = declarationsOf(resources);
  const tagged = declarations.filter(({ tags }) => tags).map(({ singular }) => singular);
  const all = [...general, ...tagExtensions(tagged), ...declarations.flatMap(({ extensions }) => extensions)];
  const byAlias = new Map(all.map((extension) => [extension.alias, { ...extension, links: [] }]));
  return [...byAlias.values()].toSorted((a, b) => (a.alias < b.alias ? -1 : 1));
}

function tagExtensions(tagged: readonly string[]): readonly Extension[] {
  return [
    {
      alias: 'standard-attr-tag',
      name: `Tag support for resources with standard attribute: ${tagged.join(', ')}`,
      description: 'Enables to set tag on resources with standard attribute.',
      updated: '2017-01-01T00:00:00-00:00',
    },
    {
      alias: 'tag-creation',
      name: 'Tag creation extension',
      description: 'Allow to create multiple tags for a resource',
      updated: '2024-23-07T10:00:00-00:00',
    },
  ];
}
