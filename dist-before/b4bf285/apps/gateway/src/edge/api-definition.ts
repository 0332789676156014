import type { ModuleMetadata } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Edge } from './edge.js';
import type { FaultForm } from './errors/fault.js';
import type { PipelineMount } from './pipeline/pipeline-mount.js';
import type { ApiName } from './settings.js';

/** One HTTP API: all that the edge needs to make an application of it. */
export interface ApiDefinition {
  readonly name: ApiName;
  readonly faults: FaultForm;
  /** Used where no api-paste.ini says otherwise. */
  readonly pipeline: readonly PipelineMount[];
  /** The Nest controllers and providers of the API; Edge and the topic clients can be injected. */
  readonly module: Pick<ModuleMetadata, 'controllers' | 'providers'>;
  /** Changes the path before it is routed; may note what it took out in `taken`. */
  readonly rewritePath?: (path: string) => { readonly path: string; readonly projectInPath?: string };
  /** May answer a request that no route takes, in place of 404 or 405; true when it did. */
  readonly answerUnrouted?: (request: FastifyRequest, reply: FastifyReply, edge: Edge) => boolean;
  /** Hooks of the API's own, run after its pipeline (nova's "app" at the end of the pipeline). */
  readonly install?: (fastify: FastifyInstance, edge: Edge) => void;
}
