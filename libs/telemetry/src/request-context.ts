import { randomUUID } from 'node:crypto';
import type { TRACE, TraceContext } from './tracing/trace-context.js';

/**
 * The caller, the project and the request id. It is sent with every RPC under these keys, which are oslo.context's wire
 * keys, so that Python peers read it too. It never contains a token.
 */
export interface RequestContext {
  /** `req-<uuid>`, made for each HTTP request. */
  request_id: string;
  /** The id given by a calling service (`X-OpenStack-Request-Id`), or null. */
  global_request_id: string | null;
  user_id: string | null;
  user_name: string | null;
  user_domain_id: string | null;
  project_id: string | null;
  project_name: string | null;
  project_domain_id: string | null;
  domain_id: string | null;
  system_scope: string | null;
  roles: string[];
  is_admin: boolean;
  read_only?: boolean;
  /** The trace to which the request belongs; never in a message's body. */
  [TRACE]?: TraceContext;
  [extra: string]: unknown;
}

const requestIdPattern = /^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A new `req-<uuid>`. */
export function generateRequestId(): string {
  return `req-${randomUUID()}`;
}

/** Whether a text from outside has the form of a request id; other texts must not reach logs or headers. */
export function isRequestId(text: string): boolean {
  return requestIdPattern.test(text);
}

/**
 * A complete context from the known fields; the others mean "nobody". Keys that could contain a credential
 * (`auth_token`, as in oslo.context) are dropped.
 */
export function createContext(known: Partial<RequestContext> = {}): RequestContext {
  const context: RequestContext = {
    global_request_id: null,
    user_id: null,
    user_name: null,
    user_domain_id: null,
    project_id: null,
    project_name: null,
    project_domain_id: null,
    domain_id: null,
    system_scope: null,
    roles: [],
    is_admin: false,
    ...known,
    request_id: known.request_id ?? generateRequestId(),
  };
  delete context['auth_token'];
  return context;
}
