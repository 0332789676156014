import type { FilterFactory } from '../pipeline/filter.js';

const HOST_FORM = /^[A-Za-z0-9.:[\]_-]{1,255}$/;
const PREFIX_FORM = /^(\/[A-Za-z0-9._~-]+){1,16}\/?$/;

/** First value of a header that proxies append to. */
function first(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  return text?.split(',', 1)[0]?.trim();
}

/** The pairs of the first element of RFC 7239's `Forwarded`. */
function forwardedPairs(header: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const part of (header.split(',', 1)[0] ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at <= 0) continue;
    const value = part.slice(at + 1).trim();
    pairs.set(part.slice(0, at).trim().toLowerCase(), value.replace(/^"(.*)"$/, '$1'));
  }
  return pairs;
}

/** oslo.middleware's http_proxy_to_wsgi: scheme, host, prefix and client as the outermost proxy saw them, if trusted. */
export const httpProxyToWsgi: FilterFactory = (edge) => ({
  name: 'http_proxy_to_wsgi',
  onRequest(request) {
    if (!edge.settings.proxyHeaders) return;
    const { headers, edge: state } = request;
    const forwarded = headers['forwarded'];
    const pairs = typeof forwarded === 'string' ? forwardedPairs(forwarded) : undefined;
    const scheme = pairs?.get('proto') ?? (pairs ? undefined : first(headers['x-forwarded-proto']));
    const host = pairs?.get('host') ?? (pairs ? undefined : first(headers['x-forwarded-host']));
    const client = pairs?.get('for') ?? (pairs ? undefined : first(headers['x-forwarded-for']));
    const prefix = first(headers['x-forwarded-prefix']);
    if (scheme === 'http' || scheme === 'https') state.scheme = scheme;
    if (host !== undefined && HOST_FORM.test(host)) state.host = host;
    if (client !== undefined && HOST_FORM.test(client)) state.clientAddress = client;
    if (prefix !== undefined && PREFIX_FORM.test(prefix)) state.prefix = prefix.replace(/\/$/, '');
  },
});
