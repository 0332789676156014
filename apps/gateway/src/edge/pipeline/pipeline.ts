import type { FastifyInstance, FastifyRequest } from 'fastify';
import { normalPath, takesPath } from '#libs/pipeline';
import type { ApiDefinition } from '../api-definition.js';
import type { Edge } from '../edge.js';
import { pathOf } from '../listener/request-target.js';
import type { Filter, FilterFactory } from './filter.js';
import type { NamedFilter, PipelineMount } from './pipeline-mount.js';
import { runFilters } from './run-filters.js';

interface Pipeline {
  /** Without a slash at the end; '' is the root. */
  readonly prefix: string;
  readonly needsMore: boolean;
  readonly onRequest: readonly Filter[];
  readonly onSend: readonly Filter[];
  readonly onResponse: readonly Filter[];
}

/** The pipelines of an API, longest prefix first, those with `more` before those without. */
export class Pipelines {
  readonly #pipelines: readonly Pipeline[];

  /** Throws for a filter without a factory. */
  constructor(
    mounts: readonly PipelineMount[],
    factories: Readonly<Record<string, FilterFactory>>,
    edge: Edge,
    api: ApiDefinition,
  ) {
    const made = new Map<string, Filter>();
    const make = (wanted: string | NamedFilter): Filter => {
      const { name, settings } = typeof wanted === 'string' ? { name: wanted, settings: {} } : wanted;
      const factory = Object.hasOwn(factories, name) ? factories[name] : undefined;
      if (factory === undefined) {
        throw new Error(
          `pipeline of ${api.name}: expected one of ${Object.keys(factories).join(', ')}, found "${name}"`,
        );
      }
      const key = JSON.stringify([name, settings]);
      const filter = made.get(key) ?? factory(edge, api, settings);
      made.set(key, filter);
      return filter;
    };
    this.#pipelines = mounts
      .map((mount): Pipeline => {
        const filters = mount.filters.map(make);
        return {
          prefix: mount.prefix === '/' ? '' : (normalPath(mount.prefix) ?? mount.prefix),
          needsMore: mount.more ?? false,
          onRequest: filters.filter((filter) => filter.onRequest !== undefined),
          onSend: filters.filter((filter) => filter.onSend !== undefined).toReversed(),
          onResponse: filters.filter((filter) => filter.onResponse !== undefined).toReversed(),
        };
      })
      .toSorted((a, b) => b.prefix.length - a.prefix.length || Number(b.needsMore) - Number(a.needsMore));
  }

  /** Installs the pipelines in the server: three hooks for all filters and mounts. */
  install(fastify: FastifyInstance): void {
    const chosen = new WeakMap<FastifyRequest, Pipeline>();
    fastify.addHook('onRequest', (request, reply, done) => {
      const path = pathOf(request);
      const pipeline = this.#pipelines.find((one) => takesPath(one, path));
      if (pipeline === undefined) return done();
      chosen.set(request, pipeline);
      runFilters(pipeline.onRequest, request, reply, done);
    });
    fastify.addHook('onSend', (request, reply, payload, done) => {
      for (const filter of chosen.get(request)?.onSend ?? []) filter.onSend?.(request, reply);
      done(null, payload);
    });
    fastify.addHook('onResponse', (request, reply, done) => {
      for (const filter of chosen.get(request)?.onResponse ?? []) filter.onResponse?.(request, reply);
      done();
    });
  }
}
