import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiDefinition } from '../api-definition.js';
import type { Edge } from '../edge.js';

/**
 * One filter of a pipeline. Hooks that need not wait return nothing, which saves a promise. A filter refuses by
 * throwing a Fault, and answers itself with `reply.send`.
 */
export interface Filter {
  readonly name: string;
  /** Before the body is read; outermost filter first. */
  onRequest?(request: FastifyRequest, reply: FastifyReply): void | Promise<void>;
  /** Before the headers are sent; innermost filter first. */
  onSend?(request: FastifyRequest, reply: FastifyReply): void;
  /** After the last byte was sent. */
  onResponse?(request: FastifyRequest, reply: FastifyReply): void;
}

/** Makes a filter for an API; `options` are its keys in api-paste.ini. */
export type FilterFactory = (edge: Edge, api: ApiDefinition, options: Readonly<Record<string, string>>) => Filter;
