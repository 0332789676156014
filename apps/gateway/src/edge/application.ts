import 'reflect-metadata';
import type { IncomingMessage, Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { stringifyExactly } from '#libs/messaging';
import { NestLogger, generateRequestId, nameRequest, runWithContext } from '#libs/telemetry';
import { ApiOptions, MiddlewareOptions, WsgiOptions } from '#libs/options';
import { checkAccess } from './access/access.check.js';
import { AccessGuard, refuseStrangers } from './access/access.guard.js';
import type { ApiDefinition } from './api-definition.js';
import { installBodyParser } from './body-parser.js';
import { addressOf } from './client-address.js';
import type { Edge } from './edge.js';
import { Fault } from './errors/fault.js';
import { FaultFilter, FaultWriter } from './errors/fault-writer.js';
import { installFaults } from './fault-injection/install-faults.js';
import { filterFactories } from './filters/index.js';
import { answerOddRequests, clientErrorHandler, noteAnswer } from './listener/client-errors.js';
import { hostFault } from './listener/host-header.js';
import { factsOf, normalTarget } from './listener/request-target.js';
import { serverOptions } from './listener/server-options.js';
import type { TlsMaterial } from './listener/tls-material.js';
import type { PipelineMount } from './pipeline/pipeline-mount.js';
import { Pipelines } from './pipeline/pipeline.js';
import type { RequestState } from './request-state.js';
import type { RouteEntry } from './route-table.js';
import { RouteTable } from './route-table.js';
import { installMetrics } from './request-metrics.js';
import { beginTrace, installTracing } from './request-trace.js';
import { apiModule } from './api.module.js';

/** Longest path parameter that is routed at all; the worker decides which object it names. */
const MAX_PARAMETER = 1024;

/** One API, ready for connections (`server`) or injected requests (`fastify.inject`). */
export interface ApiApplication {
  readonly nest: NestFastifyApplication;
  readonly fastify: FastifyInstance;
  readonly server: Server | TlsServer;
  readonly routes: readonly RouteEntry[];
  close(): Promise<void>;
}

/** Makes the Nest application of an API on Fastify, with the pipeline in front and the API's own form of errors. */
export async function createApiApplication(
  api: ApiDefinition,
  edge: Edge,
  options: ApplicationOptions = {},
): Promise<ApiApplication> {
  const wsgi = edge.options.get(WsgiOptions);
  const facts: RequestRules = {
    api: edge.options.get(ApiOptions),
    schemeHeader: headerName(wsgi.secureProxySslHeader),
  };
  const { maxUrlLen } = wsgi;
  const routes = new RouteTable();
  const writer = new FaultWriter(
    api.faults,
    routes,
    (request, reply) => api.answerUnrouted?.(request, reply, edge) ?? false,
  );
  const adapter = new FastifyAdapter({
    bodyLimit: edge.options.get(MiddlewareOptions).maxRequestBodySize,
    exposeHeadRoutes: api.exposesHead ?? false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    ...serverOptions(facts.api, wsgi, options.tls, api.bodies?.stream !== undefined),
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: false, maxParamLength: MAX_PARAMETER },
    rewriteUrl: (raw: IncomingMessage): string => normalTarget(raw, api),
    // The router refuses some paths before any hook has run.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
      request.edge = newState(request, facts);
      announce(request, reply);
      writer.write(error, request, reply);
    },
    clientErrorHandler: clientErrorHandler(api.faults),
    skipMiddie: true,
  });
  const fastify: FastifyInstance = adapter.getInstance();
  answerOddRequests(fastify.server, api.faults);
  fastify.decorateRequest('edge');
  fastify.setReplySerializer(written);
  routes.watch(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    request.edge = newState(request, facts);
    announce(request, reply);
    beginTrace(request, reply);
    if (request.originalUrl.length > maxUrlLen) {
      done(new Fault(414, `The URL is longer than ${maxUrlLen} characters.`, { code: 'UrlTooLong' }));
    } else done(factsOf(request.raw).fault ?? hostFault(request.raw));
  });
  installFaults(fastify, api);
  fastify.addHook('onResponse', (request, _reply, done) => {
    noteAnswer(request.raw);
    done();
  });
  installMetrics(fastify, api.name);
  installTracing(fastify);
  new Pipelines(options.mounts ?? api.pipeline, filterFactories, edge, api).install(fastify);
  refuseStrangers(fastify, edge, api);
  api.install?.(fastify, edge);
  // Last, since reading a body leaves the asynchronous context of the hooks before it: from here on log lines have the
  // caller.
  fastify.addHook('preHandler', (request, _reply, done) => {
    const { context } = request.edge;
    if (context === undefined) done();
    else runWithContext(context, done);
  });
  installBodyParser(fastify, api.faults.texts, api.bodies);
  const nest = await NestFactory.create<NestFastifyApplication>(apiModule(api, edge), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLogger('albireo.gateway.nest'),
  });
  nest.useGlobalFilters(new FaultFilter(writer));
  nest.useGlobalGuards(new AccessGuard(edge, api));
  await nest.init();
  checkAccess(api.name, routes.entries);
  await fastify.ready();
  return { nest, fastify, server: fastify.server, routes: routes.entries, close: () => nest.close() };
}

export interface ApplicationOptions {
  /** From api-paste.ini. @default the definition's own */
  readonly mounts?: readonly PipelineMount[];
  /** @default plain HTTP */
  readonly tls?: TlsMaterial | undefined;
}

/** The parts of the configuration that are used for each request. */
interface RequestRules {
  /** Live: a reload takes effect at the next request. */
  readonly api: ApiOptions;
  /** Header, in lower case, in which a trusted proxy sends the scheme. */
  readonly schemeHeader: string | undefined;
}

/** Also in the form of a WSGI variable, `HTTP_X_FORWARDED_PROTO`, as nova accepts it. */
function headerName(text: string | undefined): string | undefined {
  return text
    ?.toLowerCase()
    .replace(/^http_/, '')
    .replaceAll('_', '-');
}

function newState(request: FastifyRequest, { api, schemeHeader }: RequestRules): RequestState {
  const startedMs = performance.now();
  return {
    requestId: generateRequestId(),
    globalRequestId: null,
    startedMs,
    deadlineMs: startedMs + api.requestTimeout * 1000,
    trace: undefined,
    context: undefined,
    claims: undefined,
    token: undefined,
    serviceClaims: undefined,
    microversion: undefined,
    projectInPath: factsOf(request.raw).projectInPath,
    legacy: factsOf(request.raw).legacy ?? false,
    scheme: schemeOf(request, schemeHeader),
    host: request.host,
    prefix: '',
    clientAddress: addressOf(request.ip),
    sourceAddress: addressOf(request.ip),
  };
}

/** Integers beyond 2^53 come from the bus as bigints, for which JSON.stringify has no form. */
function written(payload: unknown): string {
  try {
    return JSON.stringify(payload);
  } catch (error) {
    if (!(error instanceof TypeError) || !error.message.includes('BigInt')) throw error;
    return stringifyExactly(payload);
  }
}

/** The scheme of the connection, or the proxy's in `[wsgi] secure_proxy_ssl_header`. */
function schemeOf(request: FastifyRequest, header: string | undefined): string {
  const said = header === undefined ? undefined : request.headers[header];
  return said === 'http' || said === 'https' ? said : request.protocol;
}

/** Headers of every response, whatever its result. */
function announce(request: FastifyRequest, reply: FastifyReply): void {
  nameRequest(request.raw, request.edge.requestId);
  reply.header('x-openstack-request-id', request.edge.requestId);
}
