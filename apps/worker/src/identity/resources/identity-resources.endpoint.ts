import type { GroupData } from '#libs/contracts';
import { Group, identityContract, identityResources } from '#libs/contracts';
import { RpcEndpoint } from '#libs/messaging/nest';
import { ResourceHandlers, ServesResources } from '../../resources/resource-endpoint.js';
import { EndpointGroupManager, EndpointManager, RegionManager, ServiceManager } from './catalog-managers.js';
import { CredentialManager, PolicyManager } from './credential-managers.js';
import type { DirectoryContext, Operation, Target } from './directory-resource.js';
import { DirectoryResource, EVERY_ROW } from './directory-resource.js';
import {
  ConsumerManager,
  IdentityProviderManager,
  MappingManager,
  ProtocolManager,
  ServiceProviderManager,
} from './federation-managers.js';
import { LimitManager, RegisteredLimitManager } from './limit-managers.js';
import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import type { Values } from '../../resources/resource-rows.js';
import type { Transaction } from '../../store/index.js';
import { requireSame } from '../changes/identity-changes.js';
import { endHeld } from '../changes/role-holders.js';
import { directoryTable } from './directory-table.js';

@Manages(directoryTable(Group))
class GroupManager extends DirectoryResource<GroupData> {
  protected override readonly tellsEverybody: readonly Operation[] = ['delete'];

  protected override listTarget({ domain_id: domainId }: RequestContext): Target {
    return domainId === null ? {} : { group: { domain_id: domainId } };
  }

  protected override visible({ domain_id: domainId }: RequestContext): RawBuilder<boolean> {
    return domainId === null ? EVERY_ROW : sql<boolean>`t.domain_id = ${domainId}`;
  }

  protected override async beforeCreate(tx: Transaction, values: Values, context: RequestContext): Promise<void> {
    values['domain_id'] ??= context.domain_id ?? 'default';
    values['description'] ??= '';
    values['name'] = String(values['name']).trim();
    await this.shared.changes.get(tx, 'domain', String(values['domain_id']));
  }

  protected override async beforeUpdate(_tx: Transaction, before: GroupData, values: Values): Promise<void> {
    requireSame('Cannot change Domain ID', before.domain_id, values['domain_id']);
    if (values['description'] === null) values['description'] = '';
    if (typeof values['name'] === 'string') values['name'] = values['name'].trim();
  }

  /** Revokes the tokens that depend on roles of the group. */
  protected override async beforeDelete(tx: Transaction, { id }: GroupData, context: RequestContext): Promise<void> {
    await this.shared.changes.revoke(tx, context, await endHeld(tx, sql`h.group_id = ${id}`));
  }
}

/** The managers of the declared resources. A new manager is added here. */
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
