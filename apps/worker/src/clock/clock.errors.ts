/** What was asked of the business clock is not possible. */
export class ClockError extends Error {
  override readonly name = 'ClockError';
  readonly code = 'ClockRefused';
}
