import { Field, readOnly } from '../resource/field.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { flag, text } from './types/plain-types.js';

/**
 * neutron-lib: servicetype. The implementation of a service, for its flavors (`[service_providers] service_provider`).
 */
@Resource({
  api: 'network',
  singular: 'service_provider',
  plural: 'service_providers',
  notFound: { code: 'ServiceProfileDriverNotFound', text: 'Service Profile driver %s could not be found.' },
  since: '1.1',
  operations: ['list'],
  extensions: [
    {
      alias: 'service-type',
      name: 'Neutron Service Type Management',
      description: 'API for retrieving service providers for Neutron advanced services',
      updated: '2013-01-20T00:00:00-00:00',
    },
  ],
  rules: [['get_service_provider', 'role:reader', 'List what realises services', 'GET /service-providers']],
})
export class NetworkServiceProvider {
  @Field(text(255), { ...readOnly, filter: true, sort: true }) readonly service_type!: string;
  @Field(text(255), { ...readOnly, filter: true, sort: true }) readonly name!: string;
  @Field(flag, { ...readOnly, filter: true, sort: true }) readonly default!: boolean;
  /** Its name in service profiles. */
  @Field(text(1024), { ...readOnly, visible: false }) readonly id!: string;
}

export type NetworkServiceProviderData = DataOf<NetworkServiceProvider>;
