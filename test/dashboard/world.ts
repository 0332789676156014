import assert from 'node:assert/strict';
import { CloudClient } from '#testing/cloud-client';

type Body = Readonly<Record<string, unknown>>;
type Thing = Body & { readonly id: string };

/** One of everything that a dashboard has a page for, in DevStack's project `demo` and beside it; answers the names of what the forms need. */
export async function furnish(variables: Readonly<Record<string, string>>): Promise<void> {
  const admin = await new CloudClient(variables).logIn();
  const demo = await new CloudClient({
    ...variables,
    OS_USERNAME: 'demo',
    OS_PASSWORD: 'secret',
    OS_PROJECT_NAME: 'demo',
  }).logIn();
  const make = async (
    cloud: CloudClient,
    service: string,
    path: string,
    body: Body,
    method = 'POST',
  ): Promise<Thing> => {
    const answer = await cloud.api(service, method, path, body);
    assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`);
    return (Object.values((answer.body ?? {}) as Record<string, unknown>).find((one) => typeof one === 'object') ??
      {}) as Thing;
  };
  const find = async (service: string, path: string): Promise<Thing> => {
    const { body } = await admin.api(service, 'GET', path);
    const [first] = Object.values(body as Record<string, Thing[]>).find(Array.isArray) ?? [];
    return first ?? assert.fail(`nothing at ${path}`);
  };
  const [project, user, privateNet, publicNet, image] = [
    await find('identity', '/projects?name=demo'),
    await find('identity', '/users?name=demo'),
    await find('network', '/v2.0/networks?name=private'),
    await find('network', '/v2.0/networks?name=public'),
    await find('image', '/v2/images?name=cirros'),
  ];

  await make(demo, 'compute', '/os-keypairs', { keypair: { name: 'demo-key' } });
  await make(demo, 'compute', '/os-server-groups', { server_group: { name: 'demo-group', policies: ['affinity'] } });
  await make(admin, 'compute', '/os-aggregates', {
    aggregate: { name: 'demo-aggregate', availability_zone: 'zone-a' },
  });
  const group = await make(demo, 'network', '/v2.0/security-groups', { security_group: { name: 'demo-www' } });
  await make(demo, 'network', '/v2.0/security-group-rules', {
    security_group_rule: {
      security_group_id: group.id,
      direction: 'ingress',
      protocol: 'tcp',
      port_range_min: 80,
      port_range_max: 80,
    },
  });
  const port = async (name: string): Promise<Thing> =>
    make(demo, 'network', '/v2.0/ports', { port: { network_id: privateNet.id, name } });
  const [first, second, parent, child] = [
    await port('demo-port'),
    await port('demo-port-2'),
    await port('demo-parent'),
    await port('demo-child'),
  ];
  await make(demo, 'network', '/v2.0/trunks', {
    trunk: {
      port_id: parent.id,
      name: 'demo-trunk',
      sub_ports: [{ port_id: child.id, segmentation_type: 'vlan', segmentation_id: 7 }],
    },
  });
  await make(demo, 'network', '/v2.0/floatingips', {
    floatingip: { floating_network_id: publicNet.id, port_id: first.id },
  });
  await make(demo, 'network', '/v2.0/floatingips', { floatingip: { floating_network_id: publicNet.id } });
  const forwarded = await make(demo, 'network', '/v2.0/floatingips', {
    floatingip: { floating_network_id: publicNet.id },
  });
  const [address] = second['fixed_ips'] as { ip_address: string }[];
  await make(demo, 'network', `/v2.0/floatingips/${forwarded.id}/port_forwardings`, {
    port_forwarding: {
      internal_port_id: second.id,
      internal_ip_address: address?.ip_address,
      internal_port: 22,
      external_port: 2222,
      protocol: 'tcp',
    },
  });
  const policy = await make(admin, 'network', '/v2.0/qos/policies', { policy: { name: 'demo-qos', shared: true } });
  await make(admin, 'network', `/v2.0/qos/policies/${policy.id}/bandwidth_limit_rules`, {
    bandwidth_limit_rule: { max_kbps: 1000 },
  });
  await make(admin, 'network', '/v2.0/rbac-policies', {
    rbac_policy: {
      object_type: 'qos_policy',
      object_id: policy.id,
      target_tenant: project.id,
      action: 'access_as_shared',
    },
  });
  const flavor = await find('compute', '/flavors');
  const server = async (name: string, networks: object[]): Promise<Thing> =>
    make(demo, 'compute', '/servers', {
      server: {
        name,
        flavorRef: flavor.id,
        imageRef: image.id,
        key_name: 'demo-key',
        networks,
        metadata: { made: 'by a test' },
      },
    });
  const running = await server('demo-server', [{ port: first.id }]);
  await until(async () => {
    const { body } = await demo.api('compute', 'GET', `/servers/${running.id}`);
    return (body as { server: { status: string } }).server.status === 'ACTIVE';
  });
  await make(demo, 'compute', `/servers/${running.id}/action`, { createImage: { name: 'demo-snapshot' } });
  await make(demo, 'image', '/v2/images', { name: 'demo-image', disk_format: 'raw', container_format: 'bare' });
  await make(admin, 'image', '/v2/metadefs/namespaces', {
    namespace: 'OS::Demo::Things',
    display_name: 'Things of a test',
    visibility: 'public',
    properties: { 'demo:size': { title: 'Size', type: 'integer' } },
    resource_type_associations: [{ name: 'OS::Glance::Image' }, { name: 'OS::Nova::Flavor' }],
  });

  await make(admin, 'identity', '/groups', { group: { name: 'demo-users', domain_id: 'default' } });
  await make(admin, 'identity', '/domains', { domain: { name: 'demo-domain' } });
  await make(
    admin,
    'identity',
    '/OS-FEDERATION/identity_providers/demo-idp',
    { identity_provider: { enabled: true, remote_ids: ['https://idp.example.org'] } },
    'PUT',
  );
  const rules = [{ local: [{ user: { name: '{0}' } }], remote: [{ type: 'REMOTE_USER' }] }];
  await make(admin, 'identity', '/OS-FEDERATION/mappings/demo-mapping', { mapping: { rules } }, 'PUT');
  await make(
    admin,
    'identity',
    '/OS-FEDERATION/identity_providers/demo-idp/protocols/mapped',
    { protocol: { mapping_id: 'demo-mapping' } },
    'PUT',
  );
  await make(admin, 'identity', '/credentials', {
    credential: {
      type: 'ec2',
      user_id: user.id,
      project_id: project.id,
      blob: JSON.stringify({ access: 'demo', secret: 'a-secret' }),
    },
  });
  await make(demo, 'identity', `/users/${user.id}/application_credentials`, {
    application_credential: { name: 'demo-app' },
  });
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await done())) {
    assert.ok(performance.now() < end, 'not done within a minute');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
