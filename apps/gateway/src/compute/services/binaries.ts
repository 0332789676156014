/** Services are registered under names of our own (older workers write and read them); clients know nova's. */
const STORED = 'albireo-';
const SHOWN = 'nova-';

/** `albireo-compute` as `nova-compute`. */
export const shownBinary = (binary: string): string =>
  binary.startsWith(STORED) ? SHOWN + binary.slice(STORED.length) : binary;

/** The other way; a name that is not nova's is nobody's. */
export const storedBinary = (binary: string): string =>
  binary.startsWith(SHOWN) ? STORED + binary.slice(SHOWN.length) : SHOWN + binary;
