import type { IncomingMessage } from 'node:http';

/**
 * The token of a request, as nova's proxies find it: the last `token` of the query, else a cookie of that name. noVNC
 * sends it in the query of its WebSocket, since its page is given `?path=%3Ftoken%3D…`. Empty when there is none.
 */
export function tokenOf(request: IncomingMessage): string {
  const { url = '/', headers } = request;
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  const token = new URLSearchParams(query).getAll('token').at(-1) ?? '';
  if (token !== '') return token.slice(0, 255);
  const cookies = (headers.cookie ?? '').split(';').map((part) => part.trim());
  const cookie = cookies.findLast((part) => part.startsWith('token=')) ?? '';
  return cookie.slice('token='.length).replaceAll(/^"|"$/g, '').slice(0, 255);
}
