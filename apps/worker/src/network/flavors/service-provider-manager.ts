import type { NetworkServiceProviderData, ListArgs, Page } from '#libs/contracts';
import { NetworkServiceProvider } from '#libs/contracts';
import { ownedTarget } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';

const ROUTERS = 'L3_ROUTER_NAT';

/** neutron's own router providers, and the router modes of each. */
const OWN = [
  ['dvrha', 'dvrha.DvrHaDriver', { distributed: true, ha: true }],
  ['dvr', 'dvr.DvrDriver', { distributed: true, ha: false }],
  ['ha', 'ha.HaDriver', { distributed: false, ha: true }],
  ['single_node', 'single_node.SingleNodeDriver', { distributed: false, ha: false }],
] as const;

/** How a router is implemented. */
export interface RouterModes {
  readonly distributed: boolean;
  readonly ha: boolean;
}

/**
 * The providers of `[service_providers] service_provider` and neutron's own router providers, whose `id` is the driver.
 * A configured provider replaces a built-in one of the same name. Entries not of the form `type:name:driver[:default]`
 * are ignored.
 */
export function serviceProviders(configured: readonly string[]): readonly NetworkServiceProviderData[] {
  const given = configured.flatMap((line) => {
    const [type, name, driver, last = ''] = line.split(':');
    if (type === undefined || name === undefined || driver === undefined || !['', 'default'].includes(last)) return [];
    return [{ service_type: type, name: name.toLowerCase(), id: driver, default: last === 'default' }];
  });
  const isTaken = (name: string): boolean => given.some((one) => one.service_type === ROUTERS && one.name === name);
  const hasDefault = given.some((one) => one.service_type === ROUTERS && one.default);
  const own = OWN.filter(([name]) => !isTaken(name)).map(([name, driver]) => ({
    service_type: ROUTERS,
    name,
    id: `neutron.services.l3_router.service_providers.${driver}`,
    default: !hasDefault && name === 'single_node',
  }));
  return [...given, ...own];
}

/** The router modes of the provider with this name; undefined for other providers. */
export function routerModes(provider: string): RouterModes | undefined {
  return OWN.find(([name]) => name === provider)?.[2];
}

/** Providers come from the configuration and have no table. */
@Manages(NetworkServiceProvider)
export class ServiceProviderManager extends ResourceManager<NetworkServiceProviderData> {
  override async list(context: RequestContext, { filters = {} }: ListArgs): Promise<Page<NetworkServiceProviderData>> {
    this.shared.policy.authorize(context, 'get_service_provider', ownedTarget({ project_id: context.project_id }));
    const isWanted = (provider: NetworkServiceProviderData): boolean =>
      Object.entries(filters).every(([name, values]) =>
        values.some((value) => value.toLowerCase() === String(Reflect.get(provider, name)).toLowerCase()),
      );
    const all = serviceProviders(this.shared.settings.providers.serviceProvider);
    return { objects: all.filter(isWanted), next_marker: null };
  }
}
