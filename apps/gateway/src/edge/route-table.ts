import type { FastifyInstance } from 'fastify';
import type { Access } from './access/access.decorators.js';

/** One method of one path: `/v2.1/servers/:id`. */
export interface RouteEntry {
  readonly method: string;
  readonly url: string;
  /** Undefined: not declared, which prevents the API from starting. */
  readonly access: Access | undefined;
}

interface Route {
  readonly pattern: RegExp;
  /** Each with its access. */
  readonly methods: Map<string, Access | undefined>;
}

function patternOf(url: string): RegExp {
  const escaped = url
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:[A-Za-z_]\w*/g, '[^/]+')
    .replace(/\*/g, '.*');
  return new RegExp(`^${escaped.replace(/\/$/, '')}/?$`);
}

/**
 * Records the routes, to distinguish an unknown path (404) from a known one with a method that it does not have (405).
 */
export class RouteTable {
  readonly #routes = new Map<string, Route>();

  /** Call it before the routes are registered. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      const known = this.#routes.get(route.url) ?? { pattern: patternOf(route.url), methods: new Map() };
      this.#routes.set(route.url, known);
      for (const method of [route.method].flat()) known.methods.set(method, route.config?.access);
    });
  }

  /** Every route that was registered. */
  get entries(): readonly RouteEntry[] {
    return [...this.#routes].flatMap(([url, { methods }]) =>
      [...methods].map(([method, access]) => ({ method, url, access })),
    );
  }

  /** Methods of a path (without query), sorted; empty for an unknown path. */
  methodsOf(path: string): readonly string[] {
    const methods = new Set<string>();
    for (const route of this.#routes.values()) {
      if (route.pattern.test(path)) for (const method of route.methods.keys()) methods.add(method);
    }
    return [...methods].toSorted();
  }
}
