import { ExpectedError } from '#libs/contracts';
import type { TagArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { ResourceNotices } from '../notifications/resource-notices.js';
import type { ResourceManagers } from '../resources/resource-managers.js';

/** neutron's words in notifications about tags. */
const EVENTS = { add: 'create', replace: 'update', remove: 'delete' } as const;

/** The tags of the topic's resources (neutron's tag service). */
export class Tags {
  constructor(
    private readonly managers: ResourceManagers,
    private readonly notices: ResourceNotices,
  ) {}

  /**
   * Returns the tags after the change. Errors: TagResourceNotFound, TagNotFound, PolicyNotAuthorized,
   * NetworkBadRequest.
   */
  async update(
    context: RequestContext,
    { resource, id, change, operation, tags }: TagArgs,
  ): Promise<readonly string[]> {
    const manager = [...this.managers].find(({ declaration }) => declaration.tags && declaration.plural === resource);
    if (manager === undefined) {
      throw new ExpectedError('TagResourceNotFound', `Resource ${resource} ${id} could not be found.`);
    }
    return this.notices.tags(EVENTS[change], resource, id, tags, () =>
      manager.changeTags(context, id, { change, operation, tags }),
    );
  }
}
