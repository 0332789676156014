import { getLogger, runWithContext } from '#libs/telemetry';
import type { FilterFactory } from '../pipeline/filter.js';

const log = getLogger('albireo.gateway.requestlog');

/** nova's request log: one line for each answer, in its form. Written asynchronously by the logger. */
export const requestLog: FilterFactory = () => ({
  name: 'request_log',
  onResponse(request, reply) {
    if (!log.isEnabled('INFO')) return;
    const { edge } = request;
    const seconds = ((performance.now() - edge.startedMs) / 1000).toFixed(6);
    const length = reply.getHeader('content-length') ?? 0;
    const version = edge.microversion === undefined ? '-' : `2.${edge.microversion}`;
    const { method, originalUrl } = request;
    const line =
      `${edge.clientAddress} "${method} ${originalUrl}" status: ${reply.statusCode} ` +
      `len: ${String(length)} microversion: ${version} time: ${seconds}`;
    if (edge.context === undefined) log.info(`${line} request: ${edge.requestId}`, { trace_id: edge.trace?.traceId });
    else runWithContext(edge.context, () => log.info(line));
  },
});
