import { sql } from 'kysely';
import { DefaultSecurityGroupRule, ExpectedError } from '#libs/contracts';
import type { DefaultSecurityGroupRuleData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Draft } from '../../resources/drafts.js';
import type { Transaction } from '../../store/index.js';
import { matchOf, planRule, sameAs } from './rule-plan.js';

const USES = ['used_in_default_sg', 'used_in_non_default_sg'] as const;

/**
 * These rules belong to the cloud: every project sees them. Errors besides those of every resource: those of planRule,
 * DefaultSecurityGroupRuleExists.
 */
@Manages(DefaultSecurityGroupRule)
export class DefaultSecurityGroupRuleManager extends ResourceManager<DefaultSecurityGroupRuleData> {
  protected override async beforeCreate(
    _tx: Transaction,
    { values }: Draft<DefaultSecurityGroupRuleData>,
    _context: RequestContext,
  ): Promise<void> {
    const match = planRule(matchOf(values));
    Object.assign(values, match, { project_id: '', same_as: sameAs(match) });
  }

  protected override async insert(tx: Transaction, draft: Draft<DefaultSecurityGroupRuleData>): Promise<void> {
    const { values } = draft;
    // Concurrent creates wait for each other.
    await sql`select pg_advisory_xact_lock(hashtextextended('default-security-group-rules', 0))`.execute(tx);
    for (const use of USES.filter((name) => values[name] === true)) {
      const { rows } = await sql<{ id: string }>`
        select id from default_security_group_rules
        where ${sql.ref(use)} and same_as = ${values['same_as']} limit 1`.execute(tx);
      const there = rows[0]?.id;
      if (there === undefined) continue;
      const text = `Default Security group rule already exists. Rule id is ${there}.`;
      throw new ExpectedError('DefaultSecurityGroupRuleExists', text);
    }
    await super.insert(tx, draft);
  }
}
