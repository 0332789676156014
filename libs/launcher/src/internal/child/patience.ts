/** A connection that is quiet for this long before a draining worker closes it belongs to no busy client. */
export const quietMs = 500;
/** Who has connected is about to ask: a slow or starved client may need this long for its first request. */
export const firstRequestMs = 3000;
const mostMs = 5000;
const fading = 0.75;

/**
 * For how long a draining worker leaves a connection open after its last answer, so that closing does not race with the
 * client's next request (which is answered, with `Connection: close`): twice the pause that this client has lately made
 * between answer and request, within 0.5 and 5 s. Clients that pause for longer are not waited for.
 */
export function patience(pauseMs: number, beforeMs = 0): number {
  if (pauseMs * 2 > mostMs) return quietMs;
  return Math.max(quietMs, pauseMs * 2, beforeMs * fading);
}
