import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { AddressScopeManager } from '../address-scopes/address-scope-manager.js';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import type { NetworkManagers } from '../create-network-managers.js';
import { FlavorManager } from '../flavors/flavor-manager.js';
import { ServiceProfileManager } from '../flavors/service-profile-manager.js';
import { ServiceProviderManager } from '../flavors/service-provider-manager.js';
import { FloatingIpManager } from '../floating-ips/floating-ip-manager.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { SubnetPoolManager } from '../subnet-pools/subnet-pool-manager.js';
import { ConntrackHelperManager } from './conntrack-helper-manager.js';
import { NdpProxyManager } from './ndp-proxy-manager.js';
import { RouterManager } from './router-manager.js';

const admin = createContext({ user_id: 'a', project_id: 'p0', roles: ['admin', 'reader'], is_admin: true });
const member = createContext({ user_id: 'u', project_id: 'p1', roles: ['member', 'reader'] });

describe('what routers do beside routing', () => {
  let store: Store;
  let all: NetworkManagers;
  let routers: RouterManager;
  before(async () => {
    store = await openMemoryStore();
    all = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    routers = all.resources.get(RouterManager);
  });
  after(() => store.close());

  const external = async (cidr: string) => {
    const [network] = await all.networks.create(admin, [{ name: cidr, router_external: true }]);
    await all.subnets.create(admin, [{ network_id: network?.id ?? '', ip_version: 4, cidr }]);
    return network?.id ?? '';
  };
  const routerOf = async (context = member, input: object = {}) => {
    const [router] = await routers.create(context, [{ name: 'r', ...input }]);
    return router?.id ?? '';
  };

  it('have conntrack helpers that are allowed, each once', async () => {
    const helpers = all.resources.get(ConntrackHelperManager);
    const router_id = await routerOf();
    const ftp = { router_id, protocol: 'tcp', port: 21, helper: 'ftp' };
    const [made] = await helpers.create(member, [ftp]);
    await assert.rejects(helpers.create(member, [ftp]), /A duplicate conntrack helper entry/);
    await assert.rejects(helpers.create(member, [{ ...ftp, helper: 'mine' }]), { code: 'ConntrackHelperNotAllowed' });
    await assert.rejects(
      helpers.create(member, [{ ...ftp, protocol: 'udp' }]),
      /does not support: udp. Supported protocols are: tcp/,
    );
    const target = { id: made?.id ?? '', parent_id: router_id };
    assert.equal((await helpers.update(member, target, { port: 2121 })).port, 2121);
    const shown = await routers.get(member, router_id);
    assert.deepEqual(shown.conntrack_helpers, [{ protocol: 'tcp', port: 2121, helper: 'ftp' }]);
    await routers.delete(member, { id: router_id });
    await assert.rejects(helpers.get(member, made?.id ?? ''), { code: 'ConntrackHelperNotFound' });
  });

  it('have several gateways, the first of which older clients see', async () => {
    const [one, two] = [await external('198.18.0.0/24'), await external('198.18.1.0/24')];
    const id = await routerOf();
    const act = (name: string, external_gateways: object[], context = member) =>
      routers.act(context, name, { id, body: { external_gateways } });
    const networks = async () => {
      const { external_gateway_info: first, external_gateways: gateways } = await routers.get(member, id);
      return [first?.network_id, ...(gateways ?? []).map((gateway) => gateway['network_id'])];
    };
    await act('add_external_gateways', [{ network_id: one }, { network_id: two }]);
    assert.deepEqual(await networks(), [one, one, two]);
    await act('add_external_gateways', [{ network_id: two }]);
    assert.deepEqual(await networks(), [one, one, two, two]);
    await assert.rejects(act('remove_external_gateways', [{ network_id: two }]), { code: 'UnableToMatchGateways' });
    await assert.rejects(act('add_external_gateways', [{ network_id: two, enable_snat: false }]), {
      code: 'PolicyNotAuthorized',
    });
    await act(
      'update_external_gateways',
      [{ network_id: two, external_fixed_ips: [{ ip_address: '198.18.1.77' }] }],
      admin,
    );
    assert.deepEqual(await networks(), [two, two]);
    await act('add_external_gateways', [{ network_id: one, enable_snat: false }], admin);
    const { external_gateways: gateways = [] } = await routers.get(member, id);
    assert.deepEqual(
      gateways.map((gateway) => gateway['enable_snat']),
      [true, false],
    );
    await act('remove_external_gateways', [{ network_id: two }]);
    assert.deepEqual(await networks(), [one, one]);
    await act('update_external_gateways', []);
    assert.deepEqual(await networks(), [undefined]);
    await assert.rejects(act('remove_external_gateways', [{ network_id: one }]), { code: 'UnableToRemoveGateways' });
  });

  it('keep the gateway that floating IPs need, as long as there is no other to the network', async () => {
    const outside = await external('198.18.2.0/24');
    const id = await routerOf(member, { external_gateway_info: { network_id: outside } });
    const [network] = await all.networks.create(member, [{ name: 'in' }]);
    const network_id = network?.id ?? '';
    const [subnet] = await all.subnets.create(member, [{ network_id, ip_version: 4, cidr: '10.3.0.0/24' }]);
    await routers.act(member, 'add_router_interface', { id, body: { subnet_id: subnet?.id } });
    const [port] = await all.ports.create(member, [{ network_id }]);
    const input = { floating_network_id: outside, port_id: port?.id ?? '' };
    await all.resources.get(FloatingIpManager).create(member, [input]);
    await assert.rejects(routers.update(member, { id }, { external_gateway_info: null }), {
      code: 'RouterExternalGatewayInUseByFloatingIp',
    });
    await routers.act(member, 'add_external_gateways', { id, body: { external_gateways: [{ network_id: outside }] } });
    const left = await routers.update(member, { id }, { external_gateway_info: null });
    assert.equal(left.external_gateway_info?.network_id, outside);
  });

  it('are realised by the provider of their flavor', async () => {
    const [flavors, profiles] = [all.resources.get(FlavorManager), all.resources.get(ServiceProfileManager)];
    const driver = 'neutron.services.l3_router.service_providers.ha.HaDriver';
    const providers = await all.resources.get(ServiceProviderManager).list(member, { filters: { default: ['True'] } });
    assert.deepEqual(
      providers.objects.map(({ name }) => name),
      ['single_node'],
    );
    await assert.rejects(flavors.create(member, [{ service_type: 'L3_ROUTER_NAT' }]), { code: 'PolicyNotAuthorized' });
    const [flavor] = await flavors.create(admin, [{ name: 'f', service_type: 'L3_ROUTER_NAT' }]);
    await assert.rejects(profiles.create(admin, [{}]), { code: 'ServiceProfileEmpty' });
    await assert.rejects(profiles.create(admin, [{ driver: 'none' }]), { code: 'ServiceProfileDriverNotFound' });
    const [profile] = await profiles.create(admin, [{ driver }]);
    const [id, profileId] = [flavor?.id ?? '', profile?.id ?? ''];
    await assert.rejects(routerOf(member, { flavor_id: id }), { code: 'FlavorServiceProfileBindingNotFound' });
    const put = () => flavors.act(admin, 'add_service_profile', { id, body: { id: profileId } });
    assert.deepEqual(await put(), { service_profile: { id: profileId } });
    await assert.rejects(put(), { code: 'FlavorServiceProfileBindingExists' });
    assert.deepEqual((await flavors.get(member, id)).service_profiles, [profileId]);
    assert.deepEqual(await flavors.act(member, 'next_providers', { id }), {
      next_providers: [{ driver, provider: 'ha' }],
    });
    await assert.rejects(profiles.update(admin, { id: profileId }, { enabled: false }), {
      code: 'ServiceProfileInUse',
    });
    const router = await routers.get(admin, await routerOf(member, { flavor_id: id }));
    assert.deepEqual([router.flavor_id, router.ha, router.distributed], [id, true, false]);
    await assert.rejects(routerOf(admin, { flavor_id: id, ha: false }), /Provider ha does not support ha=False/);
    await assert.rejects(flavors.delete(admin, { id }), { code: 'FlavorInUse' });
    const body = { service_profile_id: profileId };
    await flavors.act(admin, 'remove_service_profile', { id, body });
    await profiles.delete(admin, { id: profileId });
  });

  it('answer for IPv6 addresses of one scope while they have such a gateway', async () => {
    const proxies = all.resources.get(NdpProxyManager);
    const [scope] = await all.resources
      .get(AddressScopeManager)
      .create(admin, [{ name: 's', ip_version: 6, shared: true }]);
    const [pool] = await all.resources.get(SubnetPoolManager).create(admin, [
      {
        name: 'p',
        prefixes: ['2001:db8::/48'],
        default_prefixlen: 64,
        address_scope_id: scope?.id ?? '',
        shared: true,
      },
    ]);
    const outside = await external('198.18.3.0/24');
    await assert.rejects(routerOf(member, { enable_ndp_proxy: true }), { code: 'RouterGatewayNotValid' });
    const gateway = { external_gateway_info: { network_id: outside } };
    await assert.rejects(routerOf(member, { ...gateway, enable_ndp_proxy: true }), { code: 'RouterGatewayNotValid' });
    const version6 = { ip_version: 6 as const, subnetpool_id: pool?.id ?? '' };
    await all.subnets.create(admin, [{ network_id: outside, ...version6 }]);
    const id = await routerOf(member, gateway);
    const [network] = await all.networks.create(member, [{ name: 'in6' }]);
    const network_id = network?.id ?? '';
    const [subnet] = await all.subnets.create(member, [{ network_id, ...version6 }]);
    const [port] = await all.ports.create(member, [{ network_id }]);
    const input = { router_id: id, port_id: port?.id ?? '' };
    await assert.rejects(proxies.create(member, [input]), { code: 'PortUnreachableRouter' });
    await routers.act(member, 'add_router_interface', { id, body: { subnet_id: subnet?.id } });
    await assert.rejects(proxies.create(member, [input]), { code: 'RouterNDPProxyNotEnable' });
    assert.equal((await routers.update(member, { id }, { enable_ndp_proxy: true })).enable_ndp_proxy, true);
    await assert.rejects(proxies.create(member, [{ ...input, ip_address: '2001:db8::99' }]), {
      code: 'InvalidAddress',
    });
    const [proxy] = await proxies.create(member, [input]);
    assert.equal(proxy?.ip_address, port?.fixed_ips[0]?.ip_address);
    await assert.rejects(routers.update(member, { id }, { external_gateway_info: null }), {
      code: 'RouterGatewayInUseByNDPProxy',
    });
    const body = { subnet_id: subnet?.id };
    await assert.rejects(routers.act(member, 'remove_router_interface', { id, body }), {
      code: 'RouterInterfaceInUseByNDPProxy',
    });
    await proxies.delete(member, { id: proxy?.id ?? '' });
    const left = await routers.update(member, { id }, { external_gateway_info: null });
    assert.deepEqual([left.enable_ndp_proxy, left.external_gateways], [false, []]);
  });
});
