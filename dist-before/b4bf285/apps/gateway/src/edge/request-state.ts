import type { RequestContext, TraceContext } from '#libs/telemetry';
import type { TokenClaims } from './tokens/token-claims.js';

/** What the edge knows of a request beyond HTTP; made when its headers have been read. */
export interface RequestState {
  readonly requestId: string;
  /** A calling service's own id, when it sent a valid one. */
  globalRequestId: string | null;
  /** Monotonic, milliseconds. */
  readonly startedMs: number;
  /** Monotonic time at which `[api] request_timeout` is over. */
  readonly deadlineMs: number;
  /** The trace that it belongs to: the client's, or one that begins here; undefined without any. */
  trace: TraceContext | undefined;
  /** Set by the filter keystonecontext; absent where a pipeline does not authenticate. */
  context: RequestContext | undefined;
  /** The token's content and text; absent where a pipeline does not authenticate. */
  claims: TokenClaims | undefined;
  token: string | undefined;
  /** Who passed the request on, when a service token came with it. */
  serviceClaims: TokenClaims | undefined;
  /** N of the microversion 2.N; undefined in APIs without microversions. */
  microversion: number | undefined;
  /** The project id in the path, where the API's paths may carry one. */
  projectInPath: string | undefined;
  /** Scheme, host and prefix as the client sees them (after http_proxy_to_wsgi). */
  scheme: string;
  host: string;
  prefix: string;
  clientAddress: string;
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
