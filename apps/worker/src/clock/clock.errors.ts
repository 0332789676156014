/** A request to the business clock that is not possible. */
export class ClockError extends Error {
  override readonly name = 'ClockError';
  readonly code = 'ClockRefused';
}
