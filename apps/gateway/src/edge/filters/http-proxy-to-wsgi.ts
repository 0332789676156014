import { isIP } from 'node:net';
import { MiddlewareOptions } from '#libs/options';
import type { FilterFactory } from '../pipeline/filter.js';

const HOST_FORM = /^[A-Za-z0-9.:[\]_-]{1,255}$/;
const PREFIX_FORM = /^(\/[A-Za-z0-9._~-]+){1,16}\/?$/;

/** First value of a header that proxies append to. */
function first(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  return text?.split(',', 1)[0]?.trim();
}

/** The pairs of one element of RFC 7239's `Forwarded`. */
function forwardedPairs(element: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const part of element.split(';')) {
    const at = part.indexOf('=');
    if (at <= 0) continue;
    const value = part.slice(at + 1).trim();
    pairs.set(part.slice(0, at).trim().toLowerCase(), value.replace(/^"(.*)"$/, '$1'));
  }
  return pairs;
}

/**
 * The address that the nearest proxy saw: the last one, which that proxy added. Addresses before it came with the
 * request, and may have been written by a client.
 */
function lastAddress(header: string | string[] | undefined, isForwarded: boolean): string | undefined {
  const text = Array.isArray(header) ? header.at(-1) : header;
  const element = text?.split(',').at(-1)?.trim();
  const named = isForwarded && element !== undefined ? forwardedPairs(element).get('for') : element;
  // Both headers may contain a port; IPv6 addresses are then in brackets (RFC 7239, 6).
  const bare = named?.replace(/^\[([^\]]*)\](:\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  return bare !== undefined && isIP(bare) !== 0 ? bare : undefined;
}

/** oslo.middleware's http_proxy_to_wsgi: scheme, host, prefix and client as the outermost proxy saw them, if trusted. */
export const httpProxyToWsgi: FilterFactory = ({ options }) => {
  const { enableProxyHeadersParsing } = options.get(MiddlewareOptions);
  return {
    name: 'http_proxy_to_wsgi',
    onRequest(request) {
      if (!enableProxyHeadersParsing) return;
      const { headers, edge: state } = request;
      const forwarded = headers['forwarded'];
      const pairs = typeof forwarded === 'string' ? forwardedPairs(forwarded.split(',', 1)[0] ?? '') : undefined;
      const scheme = pairs?.get('proto') ?? (pairs ? undefined : first(headers['x-forwarded-proto']));
      const host = pairs?.get('host') ?? (pairs ? undefined : first(headers['x-forwarded-host']));
      const client = pairs?.get('for') ?? (pairs ? undefined : first(headers['x-forwarded-for']));
      const prefix = first(headers['x-forwarded-prefix']);
      if (scheme === 'http' || scheme === 'https') state.scheme = scheme;
      if (host !== undefined && HOST_FORM.test(host)) state.host = host;
      if (client !== undefined && HOST_FORM.test(client)) state.clientAddress = client;
      const source = pairs ? lastAddress(forwarded, true) : lastAddress(headers['x-forwarded-for'], false);
      if (source !== undefined) state.sourceAddress = source;
      if (prefix !== undefined && PREFIX_FORM.test(prefix)) state.prefix = prefix.replace(/\/$/, '');
    },
  };
};
