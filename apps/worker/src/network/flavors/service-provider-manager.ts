import { NetworkServiceProvider } from '#libs/contracts';
import type { ListArgs, Page, NetworkServiceProviderData } from '#libs/contracts';
import { ownedTarget } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import { serviceProviders } from './service-providers.js';

/** They are in the configuration, in no table. */
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
