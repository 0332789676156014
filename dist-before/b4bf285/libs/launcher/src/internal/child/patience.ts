/** A connection that is quiet for this long before a draining worker closes it belongs to no busy client. */
export const quietMs = 500;
/** Who has connected is about to ask: a slow or starved client may need this long for its first request. */
export const firstRequestMs = 3000;
/** A client that has asked again on one connection is likely to do so once more, even if it just stumbles. */
const inUseMs = 2000;
const mostMs = 5000;
const fading = 0.75;

/**
 * For how long a draining worker leaves a connection open after its last answer, so that closing does not race with the
 * client's next request (which is answered, with `Connection: close`): twice the pause that this client has lately made
 * before a request, within 0.5 and 5 s, and 2 s at least once it has come back. Who pauses for longer is not waited for.
 * @param beforeMs what it was before this request; undefined = it is the first one
 */
export function patience(pauseMs: number, beforeMs: number | undefined): number {
  const wantedMs = pauseMs * 2;
  if (wantedMs > mostMs) return quietMs;
  return beforeMs === undefined ? Math.max(quietMs, wantedMs) : Math.max(inUseMs, wantedMs, beforeMs * fading);
}
