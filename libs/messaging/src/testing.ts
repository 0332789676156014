import { randomUUID } from 'node:crypto';
import { createTransport } from './transport/create-transport.js';
import type { TransportOptions } from './transport/create-transport.js';
import type { Transport } from './transport/transport.js';

/** The URL of a bus within this process that nobody else is on; those who share it are on one bus. */
export function testTransportUrl(): string {
  return `memory://${randomUUID()}`;
}

/** A transport within this process, with a bus of its own unless a URL says another: no broker is needed. */
export function createTestTransport(options: Partial<TransportOptions> = {}): Promise<Transport> {
  return createTransport({ url: testTransportUrl(), ...options });
}
