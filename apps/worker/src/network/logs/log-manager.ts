import { sql } from 'kysely';
import type { LoggableResourceData, NetworkLogData, Page } from '#libs/contracts';
import { ExpectedError, LOGGABLE, LoggableResource, NetworkLog } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import type { Draft } from '../../resources/drafts.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Transaction } from '../../store/index.js';
import { PortManager } from '../ports/port-manager.js';
import { SecurityGroupManager } from '../security-groups/security-group-manager.js';
import { ownedTarget } from '#libs/policy';

/** Has no table: the resource types that LogManager supports. */
@Manages(LoggableResource)
export class LoggableResourceManager extends ResourceManager<LoggableResourceData> {
  override async list(context: RequestContext): Promise<Page<LoggableResourceData>> {
    this.shared.policy.authorize(context, 'get_loggable_resource', ownedTarget({ project_id: context.project_id }));
    return { objects: LOGGABLE.map((type) => ({ id: type, type })), next_marker: null };
  }
}

/**
 * Errors besides those of every resource: InvalidLogResourceType, ResourceNotFound, TargetResourceNotFound,
 * InvalidResourceConstraint. Deleting its group or port also deletes the log.
 */
@Manages(NetworkLog)
export class LogManager extends ResourceManager<NetworkLogData> {
  /** Locks the group and then the port, so that both stay until the commit. */
  protected override async beforeCreate(
    tx: Transaction,
    { input }: Draft<NetworkLogData>,
    context: RequestContext,
  ): Promise<void> {
    const { resource_type: type = '', resource_id: group = null, target_id: port = null } = input;
    if (!LOGGABLE.some((known) => known === type)) {
      throw new ExpectedError('InvalidLogResourceType', `Invalid log resource_type: ${type}.`);
    }
    const { managers } = this.shared;
    if (group !== null) {
      const found = await sql`select 1 from security_groups where id = ${group} for key share`.execute(tx);
      const isThere = found.rows.length > 0 && (await sees(managers.get(SecurityGroupManager).get(context, group, tx)));
      if (!isThere) throw new ExpectedError('ResourceNotFound', `Resource ${group} could not be found.`);
    }
    if (port === null) return;
    const found = await sql`select 1 from ports where id = ${port} for key share`.execute(tx);
    if (found.rows.length === 0 || !(await sees(managers.get(PortManager).get(context, port, tx)))) {
      throw new ExpectedError('TargetResourceNotFound', `Target resource ${port} could not be found.`);
    }
    if (group === null) return;
    const bound = await sql`
      select 1 from port_security_groups where port_id = ${port} and security_group_id = ${group}`.execute(tx);
    if (bound.rows.length > 0) return;
    throw new ExpectedError(
      'InvalidResourceConstraint',
      `Invalid resource constraint between resource (${type} ${group}) and target resource (port ${port}).`,
    );
  }
}

/** Whether a look-up finds the object: not found is false, other errors are thrown. */
async function sees(look: Promise<unknown>): Promise<boolean> {
  try {
    await look;
    return true;
  } catch (error) {
    if (error instanceof ExpectedError && error.code.endsWith('NotFound')) return false;
    throw error;
  }
}
