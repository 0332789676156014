import type { RequestState } from './request-state.js';

/** Scheme, host and proxy prefix as the client sees them, without a trailing slash. */
export function baseUrl(request: { readonly edge: RequestState }): string {
  const { scheme, host, prefix } = request.edge;
  return `${scheme}://${host}${prefix}`;
}

/** A configured prefix (`compute_link_prefix`) instead of scheme and host, otherwise the request's own. */
export function linkBase(request: { readonly edge: RequestState }, configured: string | undefined): string {
  return configured === undefined ? baseUrl(request) : configured.replace(/\/+$/, '');
}
