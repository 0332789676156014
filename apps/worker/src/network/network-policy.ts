import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError, askedRules, guardsOf, networkPolicy } from '#libs/contracts';
import type { Declaration, Guard } from '#libs/contracts';
import { ownedTarget } from '#libs/policy';
import type { PolicyTarget } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import type { Authorizer } from '../policy/authorizer.js';

/**
 * Rows that a rule either lets a caller see or not, all alike: an example of them (and of what lies beside each, such as
 * a port's network) that the rule is asked about, and how the database picks them.
 */
export interface VisibleRows {
  readonly example: Readonly<Record<string, unknown>>;
  readonly parent?: Readonly<Record<string, unknown>>;
  readonly condition: RawBuilder<boolean>;
}

/** Something of a project that nobody has a token for. */
export const FOREIGN = { project_id: '\u0000' };

/** Such a network, which is not shared with anybody either. */
export const FOREIGN_NETWORK = { ...FOREIGN, shared: false, 'router:external': false };

const ruleNames: ReadonlySet<string> = new Set(networkPolicy.map(({ name }) => name));

/** The network service's rules about its objects. */
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
   * What a rule about a resource looks at: its fields under their names in the API, and the owner of what it lies below
   * (`network:tenant_id` of a subnet or port, `ext_parent:tenant_id` of the rest).
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

  /** Asks for the operation, and for each field of it that has a rule of its own and that the caller gave. */
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

  /** The project that a new resource is for. Error NetworkBadRequest with a token that has none. */
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

  /** Asks the rule about an example of each kind of row, so that the database can pick the rows. */
  visible(context: RequestContext, rule: string, kinds: readonly VisibleRows[]): RawBuilder<boolean> {
    if (this.allows(context, rule, ownedTarget(FOREIGN_NETWORK, FOREIGN_NETWORK))) return this.everything;
    const conditions = kinds
      .filter(({ example, parent }) => example['project_id'] !== null && parent?.['project_id'] !== null)
      .filter(({ example, parent }) => this.allows(context, rule, ownedTarget(example, parent)))
      .map(({ condition }) => condition);
    return conditions.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(conditions, sql` or `)})`;
  }
}
