import type { BodyNames } from '../attributes/request-body.js';
import type { FilterTable } from '../query/filters.js';

/** What the API knows of a kind of resource beside its calls. */
export interface ResourceKind<D extends object> extends BodyNames {
  readonly singular: 'network' | 'subnet' | 'port';
  readonly plural: 'networks' | 'subnets' | 'ports';
  /** Code of the worker's error for an unknown one. */
  readonly notFound: string;
  readonly filters: FilterTable;
  readonly view: (data: D) => Readonly<Record<string, unknown>>;
}
