import { ExpectedError } from '#libs/contracts';
import { flattenTarget } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import type { Authorizer } from '../policy/authorizer.js';

type Target = Readonly<Record<string, unknown>>;

/** keystone's policy rules, with its nested targets (`{ user: { domain_id } }`) and its error texts. */
export class IdentityPolicy {
  constructor(private readonly authorizer: Authorizer) {}

  /** @param path names from the URL path, which some rules read without `target.` */
  allows(ctx: RequestContext, action: string, target: Target = {}, path: Target = {}): boolean {
    return this.authorizer.allows(ctx, 'identity', `identity:${action}`, { ...flattenTarget({ target }), ...path });
  }

  /** Error PolicyNotAuthorized. */
  authorize(ctx: RequestContext, action: string, target: Target = {}, path: Target = {}): void {
    if (this.allows(ctx, action, target, path)) return;
    const rule = `identity:${action}`;
    const text = `You are not authorized to perform the requested action: ${rule}.`;
    throw new ExpectedError('PolicyNotAuthorized', text, { rule });
  }
}
