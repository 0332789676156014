import type { ConsoleType } from '#libs/contracts';

/**
 * A console's address with its token, as nova builds it: noVNC takes the token inside of its parameter `path`, behind a
 * path that the base may have.
 */
export function accessUrl(base: string, type: ConsoleType, token: string): string {
  if (type !== 'novnc') return `${base}?token=${token}`;
  const url = new URL(base);
  url.searchParams.set('path', `${url.searchParams.get('path') ?? ''}?token=${token}`);
  return url.href;
}
