import { LoggingOptions } from '#libs/options';
import { getLogger, runWithContext } from '#libs/telemetry';
import type { FilterFactory } from '../pipeline/filter.js';

const log = getLogger('albireo.gateway.requestlog');

/**
 * nova's request log: one line for each response, in nova's form; in JSON (`use_json`) also with its data as fields.
 * Written asynchronously by the logger.
 */
export const requestLog: FilterFactory = ({ options }) => {
  const { useJson } = options.get(LoggingOptions);
  return {
    name: 'request_log',
    onResponse(request, reply) {
      if (!log.isEnabled('INFO')) return;
      const { edge } = request;
      const time = ((performance.now() - edge.startedMs) / 1000).toFixed(6);
      const len = Number(reply.getHeader('content-length') ?? 0);
      const microversion = edge.microversion === undefined ? '-' : `2.${edge.microversion}`;
      const { method, originalUrl: uri } = request;
      const { clientAddress: client, requestId } = edge;
      const { statusCode: status } = reply;
      const line = `${client} "${method} ${uri}" status: ${status} len: ${len} microversion: ${microversion} time: ${time}`;
      const fields = useJson
        ? { client, method, uri, status, len, microversion, time: Number(time), request_id: requestId }
        : undefined;
      if (edge.context === undefined) {
        log.info(`${line} request: ${requestId}`, { ...fields, trace_id: edge.trace?.traceId });
      } else runWithContext(edge.context, () => log.info(line, fields));
    },
  };
};
