import { MessagingOptions, ServiceOptions, upgradeLevels } from '#libs/options';
import type { Configuration } from '#libs/config';
import {
  computeContract,
  conductorContract,
  identityContract,
  imageContract,
  networkContract,
  schedulerContract,
} from '#libs/contracts';
import { BusTopology, ParkedMessages, isCompatible, lowestVersion, openConfiguredTransport } from '#libs/messaging';
import type { Contract, Transport } from '#libs/messaging';
import { failure, success, warning } from '../upgrade-check.js';
import type { CheckResult, NamedResult } from '../upgrade-check.js';

const contracts: Readonly<Record<string, Contract>> = {
  compute: computeContract,
  conductor: conductorContract,
  identity: identityContract,
  image: imageContract,
  network: networkContract,
  scheduler: schedulerContract,
};

/** The broker, a worker's declarations there, the versions of running workers, and parked messages. */
export async function checkBroker(config: Configuration): Promise<NamedResult[]> {
  const name = 'Message Broker';
  const { transportUrl = 'memory:' } = config.get(MessagingOptions);
  if (transportUrl.startsWith('memory:')) {
    return [{ name, ...success('None: messages stay inside the process.') }];
  }
  const transport = await openConfiguredTransport(config, 'albireo-manage', {
    observer: {},
    upgradeLevels: upgradeLevels(config),
  });
  try {
    const { enabledTopics, host } = config.get(ServiceOptions);
    const items = await new BusTopology(transport, enabledTopics, host).plan();
    const conflicts = items.filter(({ state }) => state === 'conflict');
    return [
      { name, ...success() },
      { name: 'Exchanges and Queues', ...judgeConflicts(conflicts) },
      { name: 'Versions of the Workers', ...(await workerVersions(transport, enabledTopics)) },
      { name: 'Parked Messages', ...(await parkedMessages(transport, enabledTopics)) },
    ];
  } catch (error) {
    return [{ name, ...failure(error instanceof Error ? error.message : String(error)) }];
  } finally {
    await transport.stop();
  }
}

function judgeConflicts(conflicts: readonly { name: string; flags: string; reason: string | null }[]): CheckResult {
  if (conflicts.length === 0) return success();
  const shown = conflicts.map(({ name, reason }) => `${name}: ${reason ?? 'other flags'}`).join('; ');
  return failure(`The broker has them with other flags: ${shown}. See "albireo-manage rpc topology plan".`);
}

async function workerVersions(transport: Transport, topics: readonly string[]): Promise<CheckResult> {
  const older: string[] = [];
  const pinned: string[] = [];
  const silent: string[] = [];
  for (const topic of topics) {
    const contract = contracts[topic];
    if (contract === undefined) continue;
    const lowest = await lowestVersion(transport, contract);
    const level = transport.settings.upgradeLevels[topic];
    if (lowest === undefined) silent.push(topic);
    else if (!isCompatible(lowest, contract.version))
      older.push(`${topic} ${lowest} (this release: ${contract.version})`);
    else if (level !== undefined && level !== 'auto' && level !== contract.version) pinned.push(`${topic} ${level}`);
  }
  if (older.length > 0) {
    return warning(`Older workers run: ${older.join(', ')}. What needs a newer one is refused until all are replaced.`);
  }
  if (pinned.length > 0) {
    return warning(`All workers speak this release, and [upgrade_levels] still holds back: ${pinned.join(', ')}.`);
  }
  if (silent.length > 0) return warning(`No worker answers for: ${silent.join(', ')}.`);
  return success();
}

async function parkedMessages(transport: Transport, topics: readonly string[]): Promise<CheckResult> {
  const found: string[] = [];
  for (const topic of topics) {
    const count = (await new ParkedMessages(transport, topic).list(100)).length;
    if (count > 0) found.push(`${topic} ${count === 100 ? '100 or more' : count}`);
  }
  if (found.length === 0) return success();
  return warning(`Put aside: ${found.join(', ')}. See "albireo-manage rpc parked list".`);
}
