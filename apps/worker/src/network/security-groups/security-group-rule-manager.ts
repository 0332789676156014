import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { SecurityGroupRuleData } from '#libs/contracts';
import type { PolicyTarget } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Draft } from '../../resources/drafts.js';
import type { Queries, Transaction } from '../../store/index.js';
import { AddressGroupManager } from '../address-groups/address-group-manager.js';
import { FOREIGN } from '../network-policy.js';
import type { VisibleRows } from '../network-policy.js';
import { insertRule } from './default-group.js';
import type { NewRule } from './default-group.js';
import { matchOf, planRule, sameAs } from './rule-plan.js';
import { ruleTable } from './rule-table.js';
import { SecurityGroupManager } from './security-group-manager.js';

type RuleDraft = Draft<SecurityGroupRuleData>;

/**
 * Errors besides those of every resource: those of planRule, SecurityGroupRuleExists, DuplicateSecurityGroupRuleInPost.
 */
@Manages(ruleTable)
export class SecurityGroupRuleManager extends ResourceManager<SecurityGroupRuleData> {
  protected override visibleRows(context: RequestContext): readonly VisibleRows[] {
    const { project_id: project } = context;
    return [
      ...super.visibleRows(context),
      {
        example: project === null ? FOREIGN : { ...FOREIGN, ...ownerOfGroup(project) },
        condition: sql<boolean>`r.security_group_id = any(array(
          select g.id from security_groups g where g.project_id = ${project}))`,
      },
    ];
  }

  protected override parentOf(db: Queries, row: SecurityGroupRuleData): Promise<object | undefined> {
    return this.shared.managers.get(SecurityGroupManager).find(db, row.security_group_id);
  }

  /** Policy rules about a rule check the owner of its group. */
  protected override target(row: object, group?: object): PolicyTarget {
    const owner: unknown = group === undefined ? undefined : Reflect.get(group, 'project_id');
    return { ...super.target(row), ...ownerOfGroup(owner) };
  }

  /** Locks the group, which is the same for all rules of a request: other changes of its rules wait. */
  protected override async lockParents(
    tx: Transaction,
    context: RequestContext,
    drafts: readonly RuleDraft[],
  ): Promise<void> {
    const groups = new Set(drafts.map(({ values }) => String(values['security_group_id'])));
    if (groups.size > 1) {
      throw new ExpectedError(
        'SecurityGroupNotSingleGroupRules',
        'Only allowed to update rules for one security profile at a time',
      );
    }
    if (new Set(drafts.map(({ owner }) => owner)).size > 1) {
      throw new ExpectedError(
        'SecurityGroupRulesNotSingleProject',
        'Multiple project_ids in bulk security group rule create not allowed',
      );
    }
    const planned = drafts.map(({ values }) => planRule(matchOf(values)));
    for (const [index, draft] of drafts.entries()) Object.assign(draft.values, planned[index]);
    if (new Set(planned.map(sameAs)).size < planned.length) {
      throw new ExpectedError('DuplicateSecurityGroupRuleInPost', 'Duplicate Security Group Rule in POST.');
    }
    for (const id of groups) {
      const group = await this.shared.managers.get(SecurityGroupManager).lockVisible(tx, context, id);
      for (const draft of drafts) draft.parent = group;
    }
  }

  protected override async beforeCreate(tx: Transaction, draft: RuleDraft, context: RequestContext): Promise<void> {
    const { remote_group_id: group, remote_address_group_id: addresses } = draft.input;
    const { managers } = this.shared;
    if (typeof group === 'string') await managers.get(SecurityGroupManager).get(context, group, tx);
    if (typeof addresses === 'string') await managers.get(AddressGroupManager).get(context, addresses, tx);
  }

  protected override async insert(tx: Transaction, { id, values }: RuleDraft): Promise<void> {
    const rule: NewRule = {
      ...matchOf(values),
      security_group_id: String(values['security_group_id']),
      project_id: String(values['project_id']),
      description: typeof values['description'] === 'string' ? values['description'] : '',
    };
    if (await insertRule(tx, rule, id)) return;
    const { rows } = await sql<{ id: string }>`
      select id from security_group_rules
      where security_group_id = ${rule.security_group_id} and same_as = ${sameAs(rule)}`.execute(tx);
    const there = rows[0]?.id ?? '';
    throw new ExpectedError('SecurityGroupRuleExists', `Security group rule already exists. Rule id is ${there}.`);
  }

  protected override afterCreate(tx: Transaction, { values }: RuleDraft): Promise<void> {
    return this.#touchGroup(tx, String(values['security_group_id']));
  }

  protected override afterDelete(tx: Transaction, row: SecurityGroupRuleData): Promise<void> {
    return this.#touchGroup(tx, row.security_group_id);
  }

  /** A change of its rules also counts as a change of the group. */
  #touchGroup(tx: Transaction, id: string): Promise<void> {
    return this.shared.managers.get(SecurityGroupManager).touch(tx, id);
  }
}

/** Policy rules use `project_id`; operators' policy files may still use `tenant_id`. */
function ownerOfGroup(owner: unknown): PolicyTarget {
  return { 'security_group:tenant_id': owner, 'security_group:project_id': owner };
}
