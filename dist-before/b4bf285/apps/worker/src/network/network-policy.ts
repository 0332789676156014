import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import { ownedTarget } from '#libs/policy';
import type { PolicyTarget } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import type { Authorizer } from '../policy/authorizer.js';

/** neutron's names of attributes whose field on the bus is spelt otherwise. */
const WIRE_NAMES: Readonly<Record<string, string>> = {
  router_external: 'router:external',
  provider_network_type: 'provider:network_type',
  provider_physical_network: 'provider:physical_network',
  provider_segmentation_id: 'provider:segmentation_id',
  binding_host_id: 'binding:host_id',
  binding_profile: 'binding:profile',
  binding_vnic_type: 'binding:vnic_type',
};

/** What a rule about a network, subnet or port looks at; `network` is the one of a subnet or port. */
export function policyTarget(resource: object, network?: object): PolicyTarget {
  const named = Object.entries(resource).map(([field, value]) => [WIRE_NAMES[field] ?? field, value]);
  return ownedTarget(Object.fromEntries(named), network === undefined ? undefined : { ...network });
}

/** The attributes that a client gave. */
export function givenAttributes(input: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

/** The network service's rules about its objects. */
export class NetworkPolicy {
  readonly #authorizer: Authorizer;

  constructor(authorizer: Authorizer) {
    this.#authorizer = authorizer;
  }

  allows(ctx: RequestContext, rule: string, target: PolicyTarget): boolean {
    return this.#authorizer.allows(ctx, 'network', rule, target);
  }

  authorize(ctx: RequestContext, rule: string, target: PolicyTarget): void {
    this.#authorizer.authorize(ctx, 'network', rule, target);
  }

  /**
   * Asks for the operation, and for each attribute of it that has a rule of its own and that the caller gave. On a
   * create, a value that is the default anyway needs no leave.
   */
  authorizeChange(
    ctx: RequestContext,
    operation: string,
    input: object,
    target: PolicyTarget,
    guarded: Readonly<Record<string, unknown>>,
  ): void {
    this.authorize(ctx, operation, target);
    const creating = operation.startsWith('create_');
    for (const [field, defaultValue] of Object.entries(guarded)) {
      const value: unknown = Reflect.get(input, field);
      if (value === undefined || (creating && JSON.stringify(value) === JSON.stringify(defaultValue))) continue;
      this.authorize(ctx, `${operation}:${WIRE_NAMES[field] ?? field}`, target);
    }
  }

  /** The project that a new resource is for. Error NetworkBadRequest with a token that has none. */
  ownerOf(ctx: RequestContext, input: { readonly project_id?: string }): string {
    const owner = input.project_id ?? ctx.project_id;
    if (owner === null) {
      throw new ExpectedError('NetworkBadRequest', 'The token has no project: project_id must be given.');
    }
    return owner;
  }

  visibleNetworks(ctx: RequestContext): RawBuilder<boolean> {
    return this.#visible(ctx, 'get_network', [
      [{ project_id: ctx.project_id }, {}, sql<boolean>`n.project_id = ${ctx.project_id}`],
      [{ ...FOREIGN, shared: true }, {}, sql<boolean>`n.shared`],
      [{ ...FOREIGN, 'router:external': true }, {}, sql<boolean>`n.router_external`],
    ]);
  }

  /** A condition on subnets `s` joined with their networks `n`. */
  visibleSubnets(ctx: RequestContext): RawBuilder<boolean> {
    return this.#visible(ctx, 'get_subnet', [
      [{ project_id: ctx.project_id }, FOREIGN, sql<boolean>`s.project_id = ${ctx.project_id}`],
      [FOREIGN_PART, { project_id: ctx.project_id }, sql<boolean>`n.project_id = ${ctx.project_id}`],
      [FOREIGN_PART, { ...FOREIGN, shared: true }, sql<boolean>`n.shared`],
    ]);
  }

  /** A condition on ports `p` joined with their networks `n`. */
  visiblePorts(ctx: RequestContext): RawBuilder<boolean> {
    return this.#visible(ctx, 'get_port', [
      [{ project_id: ctx.project_id }, FOREIGN, sql<boolean>`p.project_id = ${ctx.project_id}`],
      [FOREIGN_PART, { project_id: ctx.project_id }, sql<boolean>`n.project_id = ${ctx.project_id}`],
    ]);
  }

  /** Asks the rule about an example of each kind of row, so that the database can pick the rows. */
  #visible(ctx: RequestContext, rule: string, examples: readonly Example[]): RawBuilder<boolean> {
    if (this.allows(ctx, rule, policyTarget(FOREIGN, FOREIGN))) return sql<boolean>`true`;
    const conditions = examples
      .filter(([resource, network]) => resource['project_id'] !== null && network['project_id'] !== null)
      .filter(([resource, network]) => this.allows(ctx, rule, policyTarget(resource, network)))
      .map(([, , condition]) => condition);
    return conditions.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(conditions, sql` or `)})`;
  }
}

type Example = readonly [
  resource: Readonly<Record<string, unknown>>,
  network: Readonly<Record<string, unknown>>,
  condition: RawBuilder<boolean>,
];

/** Something of a project that nobody has a token for, not shared with anybody. */
const FOREIGN = { project_id: '\u0000', shared: false, 'router:external': false };

/** A subnet or port of such a project; whether it is shared its network tells. */
const FOREIGN_PART = { project_id: FOREIGN.project_id };
