import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Filter } from './filter.js';

/**
 * Runs the filters one after another; synchronously as long as no filter waits. `done` gets the first failure, and is
 * not called after a filter that has answered.
 */
export function runFilters(
  filters: readonly Filter[],
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
): void {
  runFrom(filters, 0, request, reply, done);
}

/** Runs the filters from `index` on; synchronously as long as no filter waits. */
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
