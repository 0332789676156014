import { LOGGABLE, LoggableResource } from '#libs/contracts';
import type { LoggableResourceData, Page } from '#libs/contracts';
import { ownedTarget } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';

/** In no table: what LogManager knows. */
@Manages(LoggableResource)
export class LoggableResourceManager extends ResourceManager<LoggableResourceData> {
  override async list(context: RequestContext): Promise<Page<LoggableResourceData>> {
    this.shared.policy.authorize(context, 'get_loggable_resource', ownedTarget({ project_id: context.project_id }));
    return { objects: LOGGABLE.map((type) => ({ id: type, type })), next_marker: null };
  }
}
