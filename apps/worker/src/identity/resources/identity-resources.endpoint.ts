import { identityContract, identityResources } from '#libs/contracts';
import { RpcEndpoint } from '#libs/messaging/nest';
import { ResourceHandlers, ServesResources } from '../../resources/resource-endpoint.js';
import { EndpointGroupManager, EndpointManager, RegionManager, ServiceManager } from './catalog-managers.js';
import { CredentialManager, PolicyManager } from './credential-managers.js';
import type { DirectoryContext } from './directory-resource.js';
import {
  ConsumerManager,
  IdentityProviderManager,
  MappingManager,
  ProtocolManager,
  ServiceProviderManager,
} from './federation-managers.js';
import { GroupManager } from './group-manager.js';
import { LimitManager, RegisteredLimitManager } from './limit-managers.js';

/** The managers of the declared resources. A new one is one word here. */
const MANAGERS = [
  RegionManager,
  ServiceManager,
  EndpointManager,
  EndpointGroupManager,
  GroupManager,
  CredentialManager,
  PolicyManager,
  RegisteredLimitManager,
  LimitManager,
  IdentityProviderManager,
  ProtocolManager,
  MappingManager,
  ServiceProviderManager,
  ConsumerManager,
];

export function createIdentityHandlers(context: DirectoryContext): ResourceHandlers {
  return new ResourceHandlers(MANAGERS.map((Manager) => new Manager(context)));
}

/** The topic identity: its declared resources. */
@RpcEndpoint(identityContract)
@ServesResources(identityResources)
export class IdentityResourcesEndpoint {
  constructor(readonly handlers: ResourceHandlers) {}
}
