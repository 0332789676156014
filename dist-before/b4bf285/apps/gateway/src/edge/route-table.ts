import type { FastifyInstance } from 'fastify';

interface Route {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

function patternOf(url: string): RegExp {
  const escaped = url
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:[A-Za-z_]\w*/g, '[^/]+')
    .replace(/\*/g, '.*');
  return new RegExp(`^${escaped.replace(/\/$/, '')}/?$`);
}

/** Remembers the routes, to tell an unknown path (404) from a known one with a method that it does not have (405). */
export class RouteTable {
  readonly #routes = new Map<string, Route>();

  /** Before the routes are registered. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      const known = this.#routes.get(route.url) ?? { pattern: patternOf(route.url), methods: new Set<string>() };
      this.#routes.set(route.url, known);
      for (const method of [route.method].flat()) known.methods.add(method);
    });
  }

  /** Methods of a path (without query), sorted; empty for an unknown path. */
  methodsOf(path: string): readonly string[] {
    const methods = new Set<string>();
    for (const route of this.#routes.values()) {
      if (route.pattern.test(path)) for (const method of route.methods) methods.add(method);
    }
    return [...methods].toSorted();
  }
}
