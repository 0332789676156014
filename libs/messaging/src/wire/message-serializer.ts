import type { RequestContext } from '#libs/telemetry';

/**
 * Turns what programs use into plain JSON and back, as oslo_messaging/serializer.py does: each argument, the result
 * and the payload of a notification are one entity. A missing member leaves things as they are.
 */
export interface MessageSerializer {
  serializeEntity?(context: RequestContext, entity: unknown): unknown;
  deserializeEntity?(context: RequestContext, entity: unknown): unknown;
  /** The keys of the context as they travel. */
  serializeContext?(context: RequestContext): RequestContext;
  deserializeContext?(context: RequestContext): RequestContext;
}
