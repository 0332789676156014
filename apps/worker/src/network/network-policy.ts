import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError, askedRules, guardsOf, networkPolicy } from '#libs/contracts';
import type { Declaration, Guard } from '#libs/contracts';
import { ownedTarget } from '#libs/policy';
import type { PolicyTarget } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import type { Authorizer } from '../policy/authorizer.js';

/**
 * A kind of rows for which a policy rule gives the same answer: an example row (and its parent, such as a port's
 * network) for the rule, and the SQL condition that selects the rows.
 */
export interface VisibleRows {
  readonly example: Readonly<Record<string, unknown>>;
  readonly parent?: Readonly<Record<string, unknown>>;
  readonly condition: RawBuilder<boolean>;
}

/** A row of a project for which no token exists. */
export const FOREIGN = { project_id: '\u0000' };

/** Such a network, which is not shared with any project either. */
export const FOREIGN_NETWORK = { ...FOREIGN, shared: false, 'router:external': false };

const ruleNames: ReadonlySet<string> = new Set(networkPolicy.map(({ name }) => name));

/** The network service's policy rules about its objects. */
export class NetworkPolicy {
  readonly everything = sql<boolean>`true`;
  readonly #authorizer: Authorizer;
  readonly #guards = new Map<string, readonly Guard[]>();

  constructor(authorizer: Authorizer) {
    this.#authorizer = authorizer;
  }

  /** Whether a rule is registered. */
  knows(rule: string): boolean {
    return ruleNames.has(rule);
  }

  allows(context: RequestContext, rule: string, target: PolicyTarget): boolean {
    return this.#authorizer.allows(context, 'network', rule, target);
  }

  /** Error PolicyNotAuthorized. */
  authorize(context: RequestContext, rule: string, target: PolicyTarget): void {
    this.#authorizer.authorize(context, 'network', rule, target);
  }

  /**
   * The policy target of a resource: its fields under their API names, and the owner of its parent (`network:tenant_id`
   * of a subnet or port, `ext_parent:tenant_id` of other resources).
   */
  target(declaration: Declaration, row: object, parent?: object): PolicyTarget {
    const named = Object.fromEntries(
      Object.entries(row).map(([field, value]) => [declaration.byField.get(field)?.name ?? field, value]),
    );
    const beside: Readonly<Record<string, unknown>> | undefined = parent === undefined ? undefined : { ...parent };
    if (declaration.parent === undefined) return ownedTarget(named, beside);
    const owner = beside?.['project_id'];
    return { ...ownedTarget(named), 'ext_parent:project_id': owner, 'ext_parent:tenant_id': owner };
  }

  /** Checks the rule of the operation, and of each field in the request that has a rule of its own. */
  authorizeChange(
    context: RequestContext,
    declaration: Declaration,
    operation: 'create' | 'update',
    input: Readonly<Record<string, unknown>>,
    target: PolicyTarget,
  ): void {
    const name = `${operation}_${declaration.qualified}`;
    this.authorize(context, name, target);
    let guards = this.#guards.get(name);
    if (guards === undefined) {
      guards = guardsOf(declaration, operation, ruleNames);
      this.#guards.set(name, guards);
    }
    for (const rule of askedRules(guards, input, operation === 'create')) this.authorize(context, rule, target);
  }

  /** The project of a new resource. Error NetworkBadRequest if the token has none. */
  ownerOf(context: RequestContext, input: { readonly project_id?: unknown }): string {
    const owner = input.project_id ?? context.project_id;
    if (typeof owner !== 'string') {
      throw new ExpectedError('NetworkBadRequest', 'The token has no project: project_id must be given.');
    }
    return owner;
  }

  /** The rows of the caller's own project. */
  ownRows(context: RequestContext, alias: string, parent?: VisibleRows['parent']): VisibleRows {
    const owner = sql.ref(`${alias}.project_id`);
    return {
      example: { project_id: context.project_id },
      ...(parent === undefined ? {} : { parent }),
      condition: sql<boolean>`${owner} = ${context.project_id}`,
    };
  }

  /** Checks the rule against an example of each kind of row, so that the database can select the rows. */
  visible(context: RequestContext, rule: string, kinds: readonly VisibleRows[]): RawBuilder<boolean> {
    if (this.allows(context, rule, ownedTarget(FOREIGN_NETWORK, FOREIGN_NETWORK))) return this.everything;
    const conditions = kinds
      .filter(({ example, parent }) => example['project_id'] !== null && parent?.['project_id'] !== null)
      .filter(({ example, parent }) => this.allows(context, rule, ownedTarget(example, parent)))
      .map(({ condition }) => condition);
    return conditions.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(conditions, sql` or `)})`;
  }
}
