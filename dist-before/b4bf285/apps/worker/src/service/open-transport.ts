import type { Configuration } from '#libs/config';
import { openConfiguredTransport } from '#libs/messaging';
import type { Transport } from '#libs/messaging';

/** How long a cast of a killed worker waits for another one. Claims of living workers are renewed. */
const LEDGER_LEASE_MS = 10_000;

/** The worker's way to the bus, as the options say. Does not wait for the broker. */
export function openTransport(config: Configuration, program: string): Promise<Transport> {
  return openConfiguredTransport(config, program, { ledgerLeaseMs: LEDGER_LEASE_MS });
}
