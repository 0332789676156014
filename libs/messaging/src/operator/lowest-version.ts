import type { Contract } from '../contract/contract.js';
import { coreOf } from '../transport/transport-core.js';
import type { Transport } from '../transport/transport.js';

/**
 * The lowest version of a contract that a running server supports; undefined when none runs or answers within a second.
 * Each process of a topic is asked.
 */
export async function lowestVersion(transport: Transport, contract: Contract): Promise<string | undefined> {
  const { versions, settings } = coreOf(transport);
  await versions.ask(settings.controlExchange, contract.topic);
  return versions.lowest(settings.controlExchange, contract.topic, contract.namespace);
}
