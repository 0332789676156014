import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiDefinition } from '../api-definition.js';
import type { Edge } from '../edge.js';
import type { Filter, FilterFactory } from './filter.js';
import type { NamedFilter, PipelineMount } from './pipeline-mount.js';

interface Pipeline {
  readonly prefix: string;
  readonly more: boolean;
  readonly onRequest: readonly Filter[];
  readonly onSend: readonly Filter[];
  readonly onResponse: readonly Filter[];
}

function matches(pipeline: Pipeline, path: string): boolean {
  const { prefix } = pipeline;
  if (prefix === '/') return true;
  if (!path.startsWith(prefix)) return false;
  const rest = path.length - prefix.length;
  if (rest > 0 && path[prefix.length] !== '/') return false;
  return !pipeline.more || rest > 1;
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
          prefix: mount.prefix,
          more: mount.more ?? false,
          onRequest: filters.filter((filter) => filter.onRequest !== undefined),
          onSend: filters.filter((filter) => filter.onSend !== undefined).toReversed(),
          onResponse: filters.filter((filter) => filter.onResponse !== undefined).toReversed(),
        };
      })
      .toSorted((a, b) => b.prefix.length - a.prefix.length || Number(b.more) - Number(a.more));
  }

  /** Hangs the pipelines into the server: three hooks for all filters and mounts. */
  install(fastify: FastifyInstance): void {
    const chosen = new WeakMap<FastifyRequest, Pipeline>();
    fastify.addHook('onRequest', (request, reply, done) => {
      const end = request.url.indexOf('?');
      const path = end < 0 ? request.url : request.url.slice(0, end);
      const pipeline = this.#pipelines.find((one) => matches(one, path));
      if (pipeline === undefined) return done();
      chosen.set(request, pipeline);
      runFrom(pipeline.onRequest, 0, request, reply, done);
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

/** Runs the filters from `index` on; goes on synchronously as long as no filter waits. */
function runFrom(
  filters: readonly Filter[],
  index: number,
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
): void {
  for (let at = index; at < filters.length; at += 1) {
    let waiting: void | Promise<void>;
    try {
      waiting = filters[at]?.onRequest?.(request, reply);
    } catch (error) {
      return done(error instanceof Error ? error : new Error(String(error)));
    }
    if (reply.sent) return;
    if (waiting !== undefined) {
      void resume(waiting, filters, at + 1, request, reply, done);
      return;
    }
  }
  done();
}

async function resume(
  waiting: Promise<void>,
  filters: readonly Filter[],
  index: number,
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
): Promise<void> {
  try {
    await waiting;
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
    return;
  }
  if (!reply.sent) runFrom(filters, index, request, reply, done);
}
