/** Header `<remaining ms>@<Unix time in ms>`; Python peers ignore it. */
export const deadlineHeader = 'albireo-deadline';
/** The sender's control exchange: a fanout exchange is shared by all exchanges on a virtual host. */
export const exchangeHeader = 'albireo-exchange';

export function writeDeadline(budgetMs: number): string {
  const budget = Math.max(0, Math.round(budgetMs));
  return `${budget}@${Date.now() + budget}`;
}

/** Unix time in ms at which a cast was stored or sent; for a call the deadline contains it. */
export const sentHeader = 'albireo-sent';

const deadlinePattern = /^(\d{1,12})@(\d{1,16})$/;

/** How long ago a message was sent, in ms, by the clocks of both sides; null when it does not say. */
export function ageOf(headers: Readonly<Record<string, unknown>>, now = Date.now()): number | null {
  const sent = headers[sentHeader];
  if (typeof sent === 'string' && /^\d{1,16}$/.test(sent)) return Math.max(0, now - Number(sent));
  const deadline = headers[deadlineHeader];
  const match = typeof deadline === 'string' ? deadlinePattern.exec(deadline) : null;
  return match === null ? null : Math.max(0, now - (Number(match[2]) - Number(match[1])));
}

export interface ReadDeadline {
  /** Milliseconds that are left at arrival; may be zero or negative. */
  readonly remainingMs: number;
  /** Set when the clocks differ by more than the tolerance, in ms. */
  readonly skewMs: number | null;
}

/**
 * The receiver's deadline is the smaller of (arrival + budget) and (absolute + tolerance). An absolute time further
 * ahead than the budget allows indicates a wrong clock: then only the budget counts.
 */
export function readDeadline(header: unknown, toleranceMs: number, now = Date.now()): ReadDeadline | null {
  if (typeof header !== 'string') return null;
  const match = deadlinePattern.exec(header);
  if (match === null) return null;
  const budget = Number(match[1]);
  const ahead = Number(match[2]) - now;
  if (ahead > budget + toleranceMs) return { remainingMs: budget, skewMs: ahead - budget };
  return { remainingMs: Math.min(budget, ahead + toleranceMs), skewMs: null };
}
