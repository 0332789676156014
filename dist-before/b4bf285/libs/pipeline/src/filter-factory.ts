import type { Component, Settings } from './pipeline.js';

/** Adds a filter to a host, such as one mount's Fastify instance; called in pipeline order, outermost first. */
export type FilterFactory<Host> = (host: Host, settings: Settings, globals: Settings) => void | Promise<void>;

/** Applies the filters of a mount to a host, one after another, with the factories registered by name. */
export async function applyFilters<Host>(
  host: Host,
  filters: readonly Component[],
  factories: ReadonlyMap<string, FilterFactory<Host>>,
): Promise<void> {
  for (const { name, factory, settings, globals, origin } of filters) {
    const make = factories.get(factory);
    if (make === undefined) {
      throw new TypeError(`${origin.file}:${origin.line}: no factory "${factory}" is registered for filter "${name}"`);
    }
    await make(host, settings, globals);
  }
}
