import { ExpectedError } from '#libs/contracts';
import { flattenTarget } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import type { Authorizer } from '../policy/authorizer.js';

/** keystone's rules, asked with its nested targets (`{ user: { domain_id } }`) and answered in its words. */
export class IdentityPolicy {
  constructor(private readonly authorizer: Authorizer) {}

  allows(ctx: RequestContext, action: string, target: Readonly<Record<string, unknown>> = {}): boolean {
    return this.authorizer.allows(ctx, 'identity', `identity:${action}`, flattenTarget({ target }));
  }

  /** Error PolicyNotAuthorized. */
  authorize(ctx: RequestContext, action: string, target: Readonly<Record<string, unknown>> = {}): void {
    if (this.allows(ctx, action, target)) return;
    const rule = `identity:${action}`;
    const text = `You are not authorized to perform the requested action: ${rule}.`;
    throw new ExpectedError('PolicyNotAuthorized', text, { rule });
  }
}
