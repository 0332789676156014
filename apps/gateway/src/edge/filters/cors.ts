import type { FilterFactory } from '../pipeline/filter.js';

/** oslo.middleware's cors: without an allowed Origin the answer passes unchanged. Fetch standard, CORS protocol. */
export const cors: FilterFactory = (edge) => {
  const { settings } = edge;
  const allowed = (origin: string): string | undefined => {
    const { allowedOrigin } = settings.cors;
    if (allowedOrigin.includes(origin)) return origin;
    return allowedOrigin.includes('*') ? '*' : undefined;
  };
  return {
    name: 'cors',
    onRequest(request, reply) {
      const { origin } = request.headers;
      if (origin === undefined) return;
      const granted = allowed(origin);
      if (granted === undefined) return;
      const { cors: options } = settings;
      reply.header('vary', 'Origin');
      reply.header('access-control-allow-origin', granted);
      if (options.allowCredentials) reply.header('access-control-allow-credentials', 'true');
      const method = request.headers['access-control-request-method'];
      if (request.method !== 'OPTIONS' || typeof method !== 'string') {
        if (options.exposeHeaders.length > 0) {
          reply.header('access-control-expose-headers', options.exposeHeaders.join(','));
        }
        return;
      }
      if (options.allowMethods.includes(method)) {
        reply.header('access-control-allow-methods', options.allowMethods.join(','));
        reply.header('access-control-max-age', String(options.maxAge));
        reply.header('access-control-allow-headers', options.allowHeaders.join(','));
      }
      void reply.code(200).send('');
    },
  };
};
