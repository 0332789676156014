import { CatalogService, Endpoint, EndpointGroup, PolicyBlob, Region, catalogErrors } from './catalog.js';
import { Credential, delegationErrors } from './delegation.js';
import {
  FederationMapping,
  FederationProtocol,
  IdentityProvider,
  OAuthConsumer,
  ServiceProvider,
  federationErrors,
} from './federation.js';
import { Group, groupErrors } from './directory.js';
import { Limit, RegisteredLimit, limitErrors } from './limits.js';

export * from './catalog.js';
export * from './delegation.js';
export * from './directory.js';
export * from './federation.js';
export * from './limits.js';

/**
 * The declared resources of the Identity API, by the prefix of their methods on the bus. A new one is one word here.
 */
export const identityResources = {
  region: Region,
  service: CatalogService,
  endpoint: Endpoint,
  endpoint_group: EndpointGroup,
  group: Group,
  credential: Credential,
  policy: PolicyBlob,
  registered_limit: RegisteredLimit,
  limit: Limit,
  identity_provider: IdentityProvider,
  identity_provider_protocol: FederationProtocol,
  mapping: FederationMapping,
  service_provider: ServiceProvider,
  consumer: OAuthConsumer,
};

/** The errors that their workers return on purpose. */
export const identityResourceErrors = {
  ...catalogErrors,
  ...groupErrors,
  ...delegationErrors,
  ...limitErrors,
  ...federationErrors,
};
