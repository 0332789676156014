import { Inject, Injectable } from '@nestjs/common';
import { networkRules, ownedTarget } from '#libs/policy';
import { Edge } from '../../edge/edge.js';
import { contextOf } from '../../edge/request-state.js';
import type { RequestState } from '../../edge/request-state.js';
import type { ParsedResource } from '../attributes/request-body.js';
import { badRequest, forbidden } from '../errors/neutron-faults.js';

type Request = { readonly edge: RequestState };
type View = Readonly<Record<string, unknown>>;

const ruleNames: ReadonlySet<string> = new Set(networkRules.map((rule) => rule.name));

/**
 * What of neutron's policy can be asked without the object; the worker asks the rest about the loaded row. Where a rule
 * speaks of the object it is taken to be the caller's own here, so only what no object could change is refused.
 */
@Injectable()
export class NetworkPolicy {
  readonly #edge: Edge;

  constructor(@Inject(Edge) edge: Edge) {
    this.#edge = edge;
  }

  /** Throws 400 for another project's resource by a caller who is no administrator, 403 where the policy denies. */
  authorizeCreate(
    request: Request,
    singular: string,
    resource: ParsedResource<{ readonly project_id?: string }>,
  ): void {
    const context = contextOf(request);
    const owner = resource.body.project_id ?? context.project_id;
    if (owner !== context.project_id && !context.is_admin) {
      throw badRequest(
        "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin privileges",
      );
    }
    const action = `create_${singular}`;
    const asked = resource.given.filter((name) => !isDefault(resource.body, name));
    this.#authorize(request, action, asked, { ...resource.body, project_id: owner });
  }

  /** Throws 403 when an attribute may not be changed by the caller on any object. */
  authorizeUpdate(request: Request, singular: string, resource: ParsedResource<object>): void {
    const own = contextOf(request).project_id;
    this.#authorize(request, `update_${singular}`, resource.given, { ...resource.body, project_id: own });
  }

  /** The view without the attributes that the caller may not see. */
  visible(request: Request, singular: string, view: View): View {
    const guarded = guardedAttributes(singular);
    if (guarded.length === 0) return view;
    // A view has its owner under both names already, so it is its own target; lists come through here row by row.
    const hidden = guarded.filter((name) => !this.#edge.policy.allows(request, `get_${singular}:${name}`, view));
    if (hidden.length === 0) return view;
    const shown: Record<string, unknown> = {};
    for (const name in view) if (!hidden.includes(name)) shown[name] = view[name];
    return shown;
  }

  #authorize(request: Request, action: string, attributes: readonly string[], body: View): void {
    const own = contextOf(request).project_id;
    const target = ownedTarget(body, { project_id: own, shared: true });
    const rules = [action, ...attributes.map((name) => `${action}:${name}`).filter((rule) => ruleNames.has(rule))];
    if (!rules.every((rule) => this.#edge.policy.allows(request, rule, target))) throw forbidden(rules);
  }
}

/** neutron asks about an attribute of a create only when its value is not the default one. */
function isDefault(body: object, name: string): boolean {
  const value: unknown = Reflect.get(body, name.replace(':', '_'));
  return value === false || value === '' || value === 'normal';
}

const guardedByKind = new Map<string, readonly string[]>();

/** The attributes of a kind that have a rule of their own about being seen. */
function guardedAttributes(singular: string): readonly string[] {
  let guarded = guardedByKind.get(singular);
  if (guarded === undefined) {
    const prefix = `get_${singular}:`;
    guarded = [...ruleNames].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    guardedByKind.set(singular, guarded);
  }
  return guarded;
}
