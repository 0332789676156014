/** An extension as `GET /v2.0/extensions` lists it. */
export interface Extension {
  readonly name: string;
  readonly alias: string;
  readonly description: string;
  readonly updated: string;
  readonly links: readonly never[];
}

function extension(alias: string, name: string, description: string, updated: string): Extension {
  return { name, alias, description, updated: `${updated}T10:00:00-00:00`, links: [] };
}

/**
 * The extensions that the API truly has. Clients choose features by alias, so one is listed only when everything
 * that it promises works.
 */
export const extensions: readonly Extension[] = [
  extension('allowed-address-pairs', 'Allowed Address Pairs', 'Further addresses of a port', '2013-07-23'),
  extension('binding', 'Port Binding', 'Where a port is bound, and how', '2014-02-03'),
  extension('empty-string-filtering', 'Empty String Filtering', 'An empty text filters for itself', '2018-06-09'),
  extension('external-net', 'External networks', 'Networks may be marked as external', '2013-01-14'),
  extension('filter-validation', 'Filter validation', 'An unknown filter is an error', '2018-03-21'),
  extension('net-mtu', 'Network MTU', 'Networks tell their MTU', '2015-03-25'),
  extension('net-mtu-writable', 'Network MTU (writable)', 'The MTU of a network may be set', '2017-07-12'),
  extension('pagination', 'Pagination', 'Lists may be read in pages', '2016-06-12'),
  extension('port-security', 'Port Security', 'Whether a port may only use its own addresses', '2012-07-23'),
  extension('project-id', 'project_id', 'project_id beside tenant_id', '2016-09-09'),
  extension('provider', 'Provider Network', 'Networks tell what carries them', '2012-09-07'),
  extension('revision-if-match', 'If-Match', 'Changes may insist on a revision number', '2016-12-11'),
  extension('sorting', 'Sorting', 'Lists may be sorted', '2016-06-12'),
  extension('standard-attr-description', 'description', 'Every resource has a description', '2016-02-10'),
  extension('standard-attr-revisions', 'Revision numbers', 'Every resource counts its changes', '2016-04-11'),
];
