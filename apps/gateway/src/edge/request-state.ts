import type { RequestContext, TraceContext } from '#libs/telemetry';
import type { TokenClaims } from './tokens/token-claims.js';

/** The edge's data about a request in addition to HTTP; made when its headers have been read. */
export interface RequestState {
  readonly requestId: string;
  /** A calling service's own id, if it sent a valid one. */
  globalRequestId: string | null;
  /** Monotonic, milliseconds. */
  readonly startedMs: number;
  /** Monotonic time at which `[api] request_timeout` is over. */
  readonly deadlineMs: number;
  /** The trace of the request: the client's, or a new one; undefined if there is none. */
  trace: TraceContext | undefined;
  /** Set by the filter keystonecontext; absent where a pipeline does not authenticate. */
  context: RequestContext | undefined;
  /** The token's content and text; absent where a pipeline does not authenticate. */
  claims: TokenClaims | undefined;
  token: string | undefined;
  /** The service that passed the request on, if there was a service token. */
  serviceClaims: TokenClaims | undefined;
  /** N of the microversion 2.N; undefined in APIs without microversions. */
  microversion: number | undefined;
  /** The project id in the path, where the API's paths may carry one. */
  projectInPath: string | undefined;
  /** Sent to an older name of the API, whose clients do not know later additions. */
  readonly legacy: boolean;
  /** Scheme, host and prefix as the client sees them (after http_proxy_to_wsgi). */
  scheme: string;
  host: string;
  prefix: string;
  clientAddress: string;
  /**
   * The address by which log-ins are counted: the one that the nearest trusted proxy saw, which no client can choose.
   */
  sourceAddress: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Filled before any filter runs. */
    edge: RequestState;
  }
}

/** The context of an authenticated request. */
export function contextOf(request: { readonly edge: RequestState }): RequestContext {
  const { context } = request.edge;
  if (context === undefined) throw new Error('the pipeline of this path has no filter that makes a request context');
  return context;
}
