import { addRouteConfig } from './route-config.js';

/** Who may use a route. Every route declares it; one that does not keeps its API from starting. */
export interface Access {
  /** `open`: everybody; `token`: whoever has a good token; `rules`: whom the policy lets. */
  readonly kind: 'open' | 'token' | 'rules';
  /** Rules that are asked before the handler runs, about what the caller owns. */
  readonly asked: readonly string[];
  /** Rules that need the object: the handler asks, or the worker does about the row. */
  readonly ofObject: readonly string[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set by one of the decorators here. */
    access?: Access;
  }
}

/** The route answers everybody: no token is needed. */
export const Open = (): MethodDecorator => addRouteConfig({ access: { kind: 'open', asked: [], ofObject: [] } });

/** The route answers every caller with a good token: upstream has no rule for it. */
export const AnyToken = (): MethodDecorator => addRouteConfig({ access: { kind: 'token', asked: [], ofObject: [] } });

/**
 * Rules (by their full names) that need no object: the AccessGuard asks all of them before the handler, about the
 * caller's own project and user, and a denial is 403 in the API's words. A rule about an object that is asked so, too,
 * can only refuse what no object could change.
 */
export const Authorize = (...asked: readonly [string, ...string[]]): MethodDecorator =>
  addRouteConfig({ access: { kind: 'rules', asked, ofObject: [] } });

/**
 * Rules that need the object. They are declared here and asked by the handler or, inside the operation's transaction, by
 * the worker. `first` are asked before as with `Authorize`.
 */
export const AuthorizeObject = (rules: string | readonly [string, ...string[]], ...first: string[]): MethodDecorator =>
  addRouteConfig({ access: { kind: 'rules', asked: first, ofObject: [rules].flat() } });
