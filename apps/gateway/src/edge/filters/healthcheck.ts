import { existsSync } from 'node:fs';
import type { FilterFactory } from '../pipeline/filter.js';

/** oslo.middleware's healthcheck: answers its path, 503 while the file of `disable_by_file` is there. */
export const healthcheck: FilterFactory = (_edge, _api, options) => {
  const path = options['path'] ?? '/healthcheck';
  const backends = (options['backends'] ?? '').split(',').map((name) => name.trim());
  const file = backends.includes('disable_by_file') ? options['disable_by_file_path'] : undefined;
  return {
    name: 'healthcheck',
    onRequest(request, reply) {
      if ((request.url.split('?', 1)[0] ?? '') !== path || !['GET', 'HEAD'].includes(request.method)) return;
      const isDisabled = file !== undefined && existsSync(file);
      const reason = isDisabled ? 'DISABLED BY FILE' : 'OK';
      if (request.method === 'HEAD') {
        void reply.code(isDisabled ? 503 : 204).send();
        return;
      }
      void reply.code(isDisabled ? 503 : 200);
      if (request.headers.accept?.includes('application/json') === true) {
        void reply.send({ detailed: false, reasons: [reason] });
      } else {
        void reply.header('content-type', 'text/plain; charset=UTF-8').send(reason);
      }
    },
  };
};
