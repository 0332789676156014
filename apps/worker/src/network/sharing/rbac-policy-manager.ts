import { sql } from 'kysely';
import {
  AddressGroup,
  AddressScope,
  ExpectedError,
  Network,
  QosPolicy,
  RbacPolicy,
  SecurityGroup,
  SubnetPool,
} from '#libs/contracts';
import type { RbacPolicyData, ResourceClass } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Change, Draft } from '../../resources/drafts.js';
import type { Manager } from '../../resources/resource-managers.js';
import { insertRow } from '../../resources/resource-rows.js';
import { managedTable } from '../../resources/manages.js';
import type { Transaction } from '../../store/index.js';
import { invalidInput } from '../network.errors.js';
import { actionsOf, requireUnused } from './policy-in-use.js';
import { ALL, EXTERNAL, SHARED } from './shared-rows.js';

/** The object types of policies, by neutron's names, and their tables. */
const OBJECTS: Readonly<Record<string, { readonly resource: ResourceClass; readonly table: string }>> = {
  address_group: { resource: AddressGroup, table: 'address_groups' },
  address_scope: { resource: AddressScope, table: 'address_scopes' },
  network: { resource: Network, table: 'networks' },
  qos_policy: { resource: QosPolicy, table: 'qos_policies' },
  security_group: { resource: SecurityGroup, table: 'security_groups' },
  subnetpool: { resource: SubnetPool, table: 'subnetpools' },
};

function objectOf(type: string): { readonly resource: ResourceClass; readonly table: string } {
  const found = OBJECTS[type];
  if (found === undefined) throw new TypeError(`no RBAC policy is about a ${type}`);
  return found;
}

type PolicyDraft = Draft<RbacPolicyData>;

/**
 * Errors besides those of every resource: those of the object, InvalidActionForType, DuplicateRbacPolicy,
 * RbacPolicyInUse.
 */
@Manages(RbacPolicy)
export class RbacPolicyManager extends ResourceManager<RbacPolicyData> {
  protected override async lockParents(
    tx: Transaction,
    context: RequestContext,
    drafts: readonly PolicyDraft[],
  ): Promise<void> {
    const objects = drafts.map(({ input }) => ({ type: input.object_type ?? '', id: input.object_id ?? '' }));
    // In a fixed order, so that bulk creates do not deadlock.
    for (const { type, id } of objects.toSorted((a, b) => (`${a.type} ${a.id}` < `${b.type} ${b.id}` ? -1 : 1))) {
      const object = await this.#objects(type).lockVisible(tx, context, id);
      if (object.project_id === context.project_id || context.is_admin) continue;
      throw invalidInput(
        type === 'network'
          ? 'Only admins can manipulate policies on networks they do not own'
          : 'Only admins can manipulate policies on objects they do not own',
      );
    }
  }

  protected override async beforeCreate(tx: Transaction, { input }: PolicyDraft): Promise<void> {
    const { object_type: type = '', action = '' } = input;
    const actions = actionsOf(type);
    if (actions.includes(action)) {
      if (type === 'subnetpool') await requireSharedScope(tx, input);
      return;
    }
    const valid = actions.map((one) => `'${one}'`).join(', ');
    const text = `Invalid input for operation: Invalid action '${action}' for object type '${type}'. Valid actions: [${valid}].`;
    throw new ExpectedError('InvalidActionForType', text);
  }

  protected override async insert(tx: Transaction, { values }: PolicyDraft): Promise<void> {
    if (await insertRow(tx, managedTable(RbacPolicyManager), values, 'nothing')) return;
    throw duplicate();
  }

  protected override async afterCreate(tx: Transaction, { values }: PolicyDraft): Promise<void> {
    await this.#follow(tx, String(values['object_type']), String(values['object_id']));
  }

  protected override async beforeUpdate(
    tx: Transaction,
    { row, input }: Change<RbacPolicyData>,
    context: RequestContext,
  ): Promise<void> {
    const { target_project: target } = input;
    if (target === undefined || target === row.target_project) return;
    const owner = await this.#ownerOf(tx, row);
    if (owner !== context.project_id && !context.is_admin) {
      throw invalidInput('Only admins can manipulate policies on objects they do not own');
    }
    await requireUnused(tx, owner, row, target);
    const same = await sql`
      select 1 from rbac_policies
      where object_id = ${row.object_id} and action = ${row.action} and target_project = ${target}`.execute(tx);
    if (same.rows.length > 0) throw duplicate();
  }

  protected override async afterUpdate(tx: Transaction, { row }: Change<RbacPolicyData>): Promise<void> {
    await this.#follow(tx, row.object_type, row.object_id);
  }

  protected override async beforeDelete(tx: Transaction, row: RbacPolicyData): Promise<void> {
    await requireUnused(tx, await this.#ownerOf(tx, row), row);
  }

  protected override async afterDelete(tx: Transaction, row: RbacPolicyData): Promise<void> {
    await this.#follow(tx, row.object_type, row.object_id);
  }

  /**
   * Locks the object first, as in create, to avoid a deadlock. A new user of the object takes a shared lock on it, so
   * none can appear between the check of its users and the commit.
   */
  override async lock(tx: Transaction, id: string, mode: 'change' | 'remove'): Promise<boolean> {
    const found = await this.find(tx, id);
    if (found === undefined || !(await this.#objects(found.object_type).lock(tx, found.object_id, 'remove'))) {
      return false;
    }
    return super.lock(tx, id, mode);
  }

  #objects(type: string): Manager {
    const { resource } = objectOf(type);
    return this.shared.managers.of(resource);
  }

  async #ownerOf(tx: Transaction, { object_type: type, object_id: id }: RbacPolicyData): Promise<string> {
    return (await this.#objects(type).find(tx, id))?.project_id ?? '';
  }

  /** Updates the columns `shared` and `router:external` of an object to match its policies. */
  async #follow(tx: Transaction, type: string, id: string): Promise<void> {
    const table = sql.table(objectOf(type).table);
    const shared = sql<boolean>`exists (select 1 from rbac_policies r
      where r.object_id = ${id} and r.action = ${SHARED} and r.target_project = ${ALL})`;
    await sql`update ${table} set shared = ${shared} where id = ${id} and shared <> ${shared}`.execute(tx);
    if (type !== 'network') return;
    const external = sql<boolean>`exists (select 1 from rbac_policies r
      where r.object_id = ${id} and r.action = ${EXTERNAL})`;
    await sql`
      update networks set router_external = ${external} where id = ${id} and router_external <> ${external}`.execute(
      tx,
    );
    await this.#objects(type).touch(tx, id);
  }
}

/**
 * Error InvalidInput for a pool whose address scope is not shared with the projects with which the pool is to be
 * shared.
 */
async function requireSharedScope(
  tx: Transaction,
  { object_id: id, target_project: target }: Partial<RbacPolicyData>,
): Promise<void> {
  const { rows } = await sql`
    select 1 from subnetpools p where p.id = ${id} and p.address_scope_id is not null and not exists (
      select 1 from rbac_policies r where r.object_id = p.address_scope_id and r.target_project in (${ALL}, ${target}))`.execute(
    tx,
  );
  if (rows.length === 0) return;
  throw invalidInput(
    `Failed to create RBAC policy on object ${String(id)} because target project doesn't have access to associated address scope.`,
  );
}

function duplicate(): ExpectedError {
  return new ExpectedError('DuplicateRbacPolicy', 'An RBAC policy already exists with those values.');
}
