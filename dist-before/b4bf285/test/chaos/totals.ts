import type { DurableTotals } from '../crash/durable-state.js';
import type { ServerBook } from './server-book.js';

/** What is wrong with the servers that a load has left behind; nothing is under way any more when this is empty. */
export function faultsOf(totals: DurableTotals, book: ServerBook): string[] {
  const faults: string[] = [];
  const seen = new Map(totals.servers.map((server) => [server.id, server]));
  for (const [id, name] of book.accepted) {
    const server = seen.get(id);
    const expected = book.deleted.has(id) ? 'gone' : 'active';
    if (server === undefined) faults.push(`${name} (${id}) was accepted and is not there`);
    else if (server.state !== expected) faults.push(`${name} (${id}) is ${server.state}, expected ${expected}`);
  }
  for (const { id, name, state } of totals.servers) {
    if (!book.accepted.has(id)) faults.push(`${name} (${id}) is ${state} and nobody asked for it, or twice`);
  }
  const living = book.accepted.size - book.deleted.size;
  for (const what of ['machines', 'ports', 'addresses', 'allocations'] as const) {
    if (totals[what] !== living) faults.push(`${totals[what]} ${what} for ${living} servers`);
  }
  if (totals.notWhole > 0) faults.push(`${totals.notWhole} servers without their port, address or machine`);
  if (totals.outboxRows > 0) faults.push(`${totals.outboxRows} rows in the outbox`);
  if (totals.unfinishedMessages > 0) faults.push(`${totals.unfinishedMessages} unfinished messages`);
  return faults;
}
