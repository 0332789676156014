import { randomUUID } from 'node:crypto';
import { createTransport } from './transport/create-transport.js';
import type { TransportOptions } from './transport/create-transport.js';
import type { Transport } from './transport/transport.js';

/** The URL of a new, private bus within this process; transports created with the same URL share the bus. */
export function testTransportUrl(): string {
  return `memory://${randomUUID()}`;
}

/** An in-process transport, with its own bus unless a URL names another: no broker is needed. */
export function createTestTransport(options: Partial<TransportOptions> = {}): Promise<Transport> {
  return createTransport({ url: testTransportUrl(), ...options });
}
