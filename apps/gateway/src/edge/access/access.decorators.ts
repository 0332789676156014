import { addRouteConfig } from './route-config.js';

/** The access to a route. Every route must declare it; a route without it prevents its API from starting. */
export interface Access {
  /** `open`: everyone; `token`: callers with a valid token; `rules`: callers permitted by the policy. */
  readonly kind: 'open' | 'token' | 'rules';
  /** Rules that are checked before the handler runs, with the caller's own project and user as the target. */
  readonly asked: readonly string[];
  /** Rules that need the object: the handler checks them, or the worker does with the row. */
  readonly ofObject: readonly string[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set by one of the decorators here. */
    access?: Access;
  }
}

/** The route answers every caller: no token is needed. */
export const Open = (): MethodDecorator => addRouteConfig({ access: { kind: 'open', asked: [], ofObject: [] } });

/** The route answers every caller with a valid token: upstream has no rule for it. */
export const AnyToken = (): MethodDecorator => addRouteConfig({ access: { kind: 'token', asked: [], ofObject: [] } });

/**
 * Rules (by their full names) that need no object: the AccessGuard checks all of them before the handler, with the
 * caller's own project and user as the target, and a denial is 403 with the API's message. A rule about an object that
 * is checked here as well can only refuse requests that would be denied for every object.
 */
export const Authorize = (...asked: readonly [string, ...string[]]): MethodDecorator =>
  addRouteConfig({ access: { kind: 'rules', asked, ofObject: [] } });

/**
 * Rules that need the object. They are declared here and checked by the handler or, inside the operation's transaction,
 * by the worker. `first` are checked before, as with `Authorize`.
 */
export const AuthorizeObject = (rules: string | readonly [string, ...string[]], ...first: string[]): MethodDecorator =>
  addRouteConfig({ access: { kind: 'rules', asked: first, ofObject: [rules].flat() } });
