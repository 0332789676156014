import type { IncomingHttpHeaders } from 'node:http';

/** What an origin is held against. */
export interface ExpectedOrigin {
  /** `[console] allowed_origins`. */
  readonly allowed: readonly string[];
  /** What the URLs of this console begin with. */
  readonly accessUrlBase: string;
}

/** Sockets are as safe as the pages of the same sort. */
const PAGE_SCHEMES: Readonly<Record<string, readonly string[]>> = { 'ws:': ['ws', 'http'], 'wss:': ['wss', 'https'] };

/**
 * What is wrong with the origin of a request, undefined when nothing is: its host is that of the request or an allowed
 * one, its scheme (or that of X-Forwarded-Proto) that of the console's URLs. Without an origin it is no browser. As
 * nova.console.websocketproxy.
 */
export function originFault(
  headers: IncomingHttpHeaders,
  { allowed, accessUrlBase }: ExpectedOrigin,
): string | undefined {
  const { origin, host } = headers;
  if (origin === undefined) return undefined;
  const url = parsed(origin);
  const forwarded = headers['x-forwarded-proto'];
  const scheme = typeof forwarded === 'string' ? forwarded : url?.protocol.slice(0, -1);
  if (url === null || url.hostname === '' || scheme === undefined || scheme === '') return 'Origin header not valid.';
  const own = parsed(`http://${host ?? ''}`)?.hostname;
  if (url.hostname !== own && !allowed.includes(url.hostname)) return 'Origin header does not match this host.';
  const base = parsed(accessUrlBase)?.protocol ?? '';
  const expected = PAGE_SCHEMES[base] ?? [base.slice(0, -1)];
  return expected.includes(scheme) ? undefined : 'Origin header protocol does not match this host.';
}

function parsed(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
