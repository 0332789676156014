import { ExpectedError } from '#libs/contracts';
import type { GatewayInput } from '#libs/contracts';
import { findPort } from '../ports/load-ports.js';
import {
  addGateway,
  changeGatewayAddresses,
  deleteGateway,
  gatewayPorts,
  makeFirst,
  removeGateways,
  setGateway,
} from './router-gateway.js';
import type { LockedRouter, RouterWork } from './router-work.js';

type GatewayPort = Awaited<ReturnType<typeof gatewayPorts>>[number];

/** Adds gateways to a router. Errors as for setGateway. */
export async function addGateways(
  work: RouterWork,
  router: LockedRouter,
  wanted: readonly GatewayInput[],
): Promise<void> {
  for (const gateway of wanted) await addGateway(work, router, gateway);
}

/**
 * Replaces a router's gateways with the requested ones; the first is the one that older clients see. A gateway that
 * exists already, by its network or one of its addresses, stays. Errors as for setGateway, and UnableToMatchGateways.
 */
export async function replaceGateways(
  work: RouterWork,
  router: LockedRouter,
  wanted: readonly GatewayInput[],
): Promise<void> {
  const [first, ...further] = wanted;
  if (first === undefined) return removeGateways(work, router.id);
  if ((await match(work, router.id, first)) !== undefined) await makeFirst(work, router.id, first.network_id);
  await setGateway(work, router, first);
  const [kept] = await gatewayPorts(work, router.id);
  const found = new Set(kept === undefined ? [] : [kept.id]);
  const missing: GatewayInput[] = [];
  for (const gateway of further) {
    const port = await match(work, router.id, gateway, found);
    if (port === undefined) {
      missing.push(gateway);
      continue;
    }
    found.add(port.id);
    await changeGatewayAddresses(work, port, gateway.external_fixed_ips ?? []);
  }
  for (const port of await gatewayPorts(work, router.id)) {
    if (!found.has(port.id)) await deleteGateway(work, router.id, port);
  }
  await addGateways(work, router, missing);
}

/** Removes gateways. Errors: UnableToRemoveGateways, UnableToMatchGateways, those of deleteGateway. */
export async function removeSomeGateways(
  work: RouterWork,
  router: LockedRouter,
  wanted: readonly GatewayInput[],
): Promise<void> {
  if (wanted.length === 0) return;
  if ((await gatewayPorts(work, router.id)).length === 0) {
    const text = `Unable to remove extra gateways from a router ${router.id}`;
    throw new ExpectedError('UnableToRemoveGateways', text);
  }
  for (const gateway of wanted) {
    const port = await match(work, router.id, gateway);
    if (port === undefined) throw noMatch(router.id);
    await deleteGateway(work, router.id, port);
  }
}

/**
 * The gateway that a request means: the one on the network, or if there are several, the one with one of the addresses.
 */
async function match(
  work: RouterWork,
  routerId: string,
  { network_id: network, external_fixed_ips: addresses = [] }: GatewayInput,
  passed: ReadonlySet<string> = new Set(),
): Promise<GatewayPort | undefined> {
  const ports = (await gatewayPorts(work, routerId)).filter(
    ({ id, network_id: own }) => own === network && !passed.has(id),
  );
  const named = addresses.flatMap(({ ip_address: address }) => address ?? []);
  if (named.length === 0) {
    if (ports.length > 1) throw noMatch(routerId);
    return ports[0];
  }
  for (const port of ports) {
    const found = await findPort(work.tx, port.id);
    if (found?.fixed_ips.some(({ ip_address: address }) => named.includes(address)) === true) return port;
  }
  return undefined;
}

function noMatch(routerId: string): ExpectedError {
  const text = `Unable to match a requested gateway port to existing gateway ports for router ${routerId}`;
  return new ExpectedError('UnableToMatchGateways', text);
}
