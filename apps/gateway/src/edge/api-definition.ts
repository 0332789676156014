import type { ModuleMetadata } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Fault, FaultForm } from './errors/fault.js';
import type { BodyTypes } from './body-parser.js';
import type { Edge } from './edge.js';
import type { PipelineMount } from './pipeline/pipeline-mount.js';
import type { ApiName } from './api-names.js';

/** One HTTP API: everything that the edge needs to make an application of it. */
export interface ApiDefinition {
  readonly name: ApiName;
  readonly faults: FaultForm;
  /** Used if no api-paste.ini defines another. */
  readonly pipeline: readonly PipelineMount[];
  /** The Nest controllers and providers of the API; Edge and the topic clients can be injected. */
  readonly module: Pick<ModuleMetadata, 'controllers' | 'providers'>;
  /** Changes the path before it is routed; may record the removed parts in `taken`. */
  readonly rewritePath?: (path: string) => {
    readonly path: string;
    readonly projectInPath?: string;
    readonly legacy?: true;
  };
  /** May answer a request that matches no route, instead of 404 or 405; true when it did. */
  readonly answerUnrouted?: (request: FastifyRequest, reply: FastifyReply, edge: Edge) => boolean;
  /** Routes that are not open require a token themselves if the pipeline of their path does not. @default false */
  readonly authenticates?: boolean;
  /** HEAD is answered wherever GET is. @default false */
  readonly exposesHead?: boolean;
  /** The API's message for a denied rule. @default nova's */
  readonly forbidden?: (rule: string) => Fault;
  /**
   * Body types other than JSON. With a stream there is no limit on the whole time of a request; the reader of the
   * stream must limit it.
   */
  readonly bodies?: BodyTypes;
  /** The API's own hooks, which run after its pipeline (nova's "app" at the end of the pipeline). */
  readonly install?: (fastify: FastifyInstance, edge: Edge) => void;
}
