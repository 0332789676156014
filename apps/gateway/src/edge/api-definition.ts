import type { ModuleMetadata } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Fault, FaultForm } from './errors/fault.js';
import type { BodyTypes } from './body-parser.js';
import type { Edge } from './edge.js';
import type { PipelineMount } from './pipeline/pipeline-mount.js';
import type { ApiName } from './api-names.js';

/** One HTTP API: all that the edge needs to make an application of it. */
export interface ApiDefinition {
  readonly name: ApiName;
  readonly faults: FaultForm;
  /** Used where no api-paste.ini says otherwise. */
  readonly pipeline: readonly PipelineMount[];
  /** The Nest controllers and providers of the API; Edge and the topic clients can be injected. */
  readonly module: Pick<ModuleMetadata, 'controllers' | 'providers'>;
  /** Changes the path before it is routed; may note what it took out in `taken`. */
  readonly rewritePath?: (path: string) => {
    readonly path: string;
    readonly projectInPath?: string;
    readonly legacy?: true;
  };
  /** May answer a request that no route takes, in place of 404 or 405; true when it did. */
  readonly answerUnrouted?: (request: FastifyRequest, reply: FastifyReply, edge: Edge) => boolean;
  /** Routes that are not open ask for a token by themselves where the pipeline of their path does not. @default false */
  readonly authenticates?: boolean;
  /** HEAD is answered wherever GET is. @default false */
  readonly exposesHead?: boolean;
  /** A denied rule in the API's words. @default nova's */
  readonly forbidden?: (rule: string) => Fault;
  /** Bodies beside JSON. With a stream there is no limit on the whole of a request's time; whoever reads one minds it. */
  readonly bodies?: BodyTypes;
  /** Hooks of the API's own, run after its pipeline (nova's "app" at the end of the pipeline). */
  readonly install?: (fastify: FastifyInstance, edge: Edge) => void;
}
