import type { RequestContext } from '#libs/telemetry';

/**
 * Converts a program's values into plain JSON and back, as oslo_messaging/serializer.py does: each argument, the result
 * and the payload of a notification are one entity. If a member is missing, values are not converted.
 */
export interface MessageSerializer {
  serializeEntity?(context: RequestContext, entity: unknown): unknown;
  deserializeEntity?(context: RequestContext, entity: unknown): unknown;
  /** Converts the context for sending. */
  serializeContext?(context: RequestContext): RequestContext;
  deserializeContext?(context: RequestContext): RequestContext;
}
