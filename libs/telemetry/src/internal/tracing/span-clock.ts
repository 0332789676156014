let offsetMs = Date.now() - performance.now();

/** Unix time in milliseconds with a fraction; steady between two calls of `setSpanClock`. */
export function wallClockMs(): number {
  return offsetMs + performance.now();
}

/** Synchronizes with the system's clock, which may have been set meanwhile. */
export function setSpanClock(): void {
  offsetMs = Date.now() - performance.now();
}
