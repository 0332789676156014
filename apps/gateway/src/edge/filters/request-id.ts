import { isRequestId } from '#libs/telemetry';
import type { FilterFactory } from '../pipeline/filter.js';

/**
 * oslo.middleware's request_id: a valid inbound `X-OpenStack-Request-Id` becomes the global id; the response contains
 * the local one (which every request has, since errors before the pipeline need it too).
 */
export const requestId: FilterFactory = () => ({
  name: 'request_id',
  onRequest(request) {
    const inbound = request.headers['x-openstack-request-id'];
    if (typeof inbound === 'string' && isRequestId(inbound)) request.edge.globalRequestId = inbound;
  },
});

/** nova's variant: the same id under one more header. */
export const computeRequestId: FilterFactory = (edge, api, options) => ({
  ...requestId(edge, api, options),
  name: 'compute_req_id',
  onSend(request, reply) {
    reply.header('x-compute-request-id', request.edge.requestId);
  },
});
