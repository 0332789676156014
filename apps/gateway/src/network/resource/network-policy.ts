import { Inject, Injectable } from '@nestjs/common';
import { askedRules, guardsOf, isRecord, networkPolicy } from '#libs/contracts';
import type { Declaration, Guard, View } from '#libs/contracts';
import { ownedTarget } from '#libs/policy';
import { Edge } from '../../edge/edge.js';
import { contextOf } from '../../edge/request-state.js';
import type { RequestState } from '../../edge/request-state.js';
import { badRequest, forbidden } from '../errors/neutron-faults.js';

type Request = { readonly edge: RequestState };

const ruleNames: ReadonlySet<string> = new Set(networkPolicy.map((rule) => rule.name));

/**
 * The part of neutron's policy that can be checked without the object; the worker checks the rest with the loaded row.
 * Rules about the object are checked here as if it belonged to the caller, so that only requests that would be denied
 * for every object are refused.
 */
@Injectable()
export class NetworkPolicy {
  readonly #edge: Edge;
  readonly #guards = new WeakMap<Declaration, Record<string, readonly Guard[]>>();

  constructor(@Inject(Edge) edge: Edge) {
    this.#edge = edge;
  }

  /** Throws 400 for another project's resource if the caller is not an administrator, 403 if the policy denies. */
  authorizeCreate(request: Request, declaration: Declaration, input: View): void {
    const context = contextOf(request);
    const owner = input['project_id'] ?? context.project_id;
    if (owner !== context.project_id && !context.is_admin) {
      throw badRequest(
        "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin privileges",
      );
    }
    this.#authorize(request, declaration, 'create', input, owner);
  }

  /** Throws 403 when the caller may not change an attribute on any object. */
  authorizeUpdate(request: Request, declaration: Declaration, input: View): void {
    this.#authorize(request, declaration, 'update', input, contextOf(request).project_id);
  }

  /**
   * Throws 403 when the body of an update names an attribute that cannot be changed, and the caller would not be allowed
   * to: neutron asks the policy first.
   */
  authorizeUnchangeable(request: Request, declaration: Declaration, body: unknown): void {
    const named = isRecord(body) ? body[declaration.singular] : undefined;
    if (!isRecord(named)) return;
    const rules = this.#guardsOf(declaration, 'update')
      .filter(({ field }) => field.put === undefined && Object.hasOwn(named, field.name))
      .map(({ rule }) => rule);
    const target = ownTarget({}, contextOf(request).project_id);
    if (!rules.every((rule) => this.#edge.policy.allows(request, rule, target))) throw forbidden(rules);
  }

  /** Throws 403 when the caller may not run the action on any object. */
  authorizeAction(request: Request, rule: string): void {
    const own = contextOf(request).project_id;
    if (!ruleNames.has(rule) || this.#edge.policy.allows(request, rule, ownTarget({}, own))) return;
    throw forbidden([rule]);
  }

  /** The view without the attributes that the caller may not see. */
  visible(request: Request, declaration: Declaration, view: View): View {
    const guards = this.#guardsOf(declaration, 'get');
    if (guards.length === 0) return view;
    // A view contains its owner under both names already, so it is its own target; lists are processed here row by row.
    const hidden = guards
      .filter(({ rule, member }) => member === undefined && !this.#edge.policy.allows(request, rule, view))
      .map(({ field }) => field.name);
    if (hidden.length === 0) return view;
    const shown: Record<string, unknown> = {};
    for (const name in view) if (!hidden.includes(name)) shown[name] = view[name];
    return shown;
  }

  #authorize(
    request: Request,
    declaration: Declaration,
    operation: 'create' | 'update',
    input: View,
    owner: unknown,
  ): void {
    const asked = askedRules(this.#guardsOf(declaration, operation), input, operation === 'create');
    const target = ownTarget({ ...named(declaration, input), project_id: owner }, contextOf(request).project_id);
    const rules = [`${operation}_${declaration.qualified}`, ...asked];
    if (!rules.every((rule) => this.#edge.policy.allows(request, rule, target))) throw forbidden(rules);
  }

  #guardsOf(declaration: Declaration, operation: string): readonly Guard[] {
    const known = this.#guards.get(declaration) ?? {};
    this.#guards.set(declaration, known);
    return (known[operation] ??= guardsOf(declaration, operation, ruleNames));
  }
}

/** The input under its names in the API, which rules such as `field:port:device_owner=…` check. */
function named(declaration: Declaration, input: View): View {
  return Object.fromEntries(
    Object.entries(input).map(([field, value]) => [declaration.byField.get(field)?.name ?? field, value]),
  );
}

/** As if all related objects belonged to the caller, or were shared. */
function ownTarget(row: View, own: string | null): View {
  const owned = ownedTarget({ project_id: own, ...row }, { project_id: own, shared: true });
  const above = ['ext_parent', 'security_group'].flatMap((kind) => [`${kind}:project_id`, `${kind}:tenant_id`]);
  return { ...owned, ...Object.fromEntries(above.map((name) => [name, own])) };
}
