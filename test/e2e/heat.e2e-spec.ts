// OpenStack's Heat, unmodified, as a service beside a cloud: tokens checked by keystonemiddleware, trusts of stack owners,
// users of stacks in a domain of their own, and the clients of Compute, Network, Image and Identity that it brings.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { until } from '#testing/api-client';
import { CloudClient } from '#testing/cloud-client';
import { CloudCommand } from '#testing/cloud-command';
import { Heat, missingHeat } from '#testing/heat';

const resource = (type: string, properties: object, more: object = {}): object => ({
  type: `OS::${type}`,
  properties,
  ...more,
});
const of = (name: string): object => ({ get_resource: name });

/** A template of Heat's; `nodes` servers in a group beside the one with a floating address. */
function template(flavor: string, nodes: number): object {
  const server = { image: 'cirros', flavor };
  return {
    heat_template_version: '2021-04-16',
    resources: {
      net: resource('Neutron::Net', {}),
      subnet: resource('Neutron::Subnet', { network: of('net'), cidr: '10.77.0.0/24' }),
      router: resource('Neutron::Router', { external_gateway_info: { network: 'public' } }),
      interface: resource('Neutron::RouterInterface', { router: of('router'), subnet: of('subnet') }),
      group: resource('Neutron::SecurityGroup', {
        rules: [{ protocol: 'tcp', port_range_min: 22, port_range_max: 22 }],
      }),
      port: resource('Neutron::Port', {
        network: of('net'),
        fixed_ips: [{ subnet: of('subnet') }],
        security_groups: [of('group')],
      }),
      address: resource(
        'Neutron::FloatingIP',
        { floating_network: 'public', port_id: of('port') },
        { depends_on: 'interface' },
      ),
      config: resource('Heat::SoftwareConfig', { group: 'ungrouped', config: '#!/bin/sh\n' }),
      front: resource('Nova::Server', {
        ...server,
        networks: [{ port: of('port') }],
        user_data_format: 'SOFTWARE_CONFIG',
        user_data: of('config'),
      }),
      nodes: resource(
        'Heat::ResourceGroup',
        { count: nodes, resource_def: resource('Nova::Server', { ...server, networks: [{ network: of('net') }] }) },
        { depends_on: 'subnet' },
      ),
      handle: resource('Heat::WaitConditionHandle', {}),
    },
    outputs: { address: { value: { get_attr: ['address', 'floating_ip_address'] } } },
  };
}

describe("OpenStack's Heat beside a cloud", { skip: missingHeat() }, () => {
  const albireo = new CloudCommand();
  let heat: Heat;
  let cloud: CloudClient;
  let project = '';
  before(
    async () => {
      await albireo.succeed(['start', '--detach', '--ephemeral', '--port-base', '0', '--seed', 'devstack']);
      const variables = await albireo.variables('default');
      cloud = await new CloudClient(variables).logIn();
      const { body } = await cloud.api('identity', 'GET', '/auth/projects');
      const { projects } = body as { projects: { id: string; name: string }[] };
      project = projects.find(({ name }) => name === variables['OS_PROJECT_NAME'])?.id ?? '';
      heat = await Heat.start(join(albireo.folder, 'heat'), cloud, variables['OS_AUTH_URL'] ?? '');
    },
    { timeout: 300_000 },
  );
  after(async () => {
    await heat?.stop();
    await albireo.close();
  });

  const ask = (method: string, path: string, json?: object): Promise<unknown> =>
    heat.ask(project, cloud.token, method, path, json);
  interface Stack {
    readonly stack_status: string;
    readonly stack_status_reason: string;
    readonly outputs?: readonly { output_value: unknown }[];
  }
  const ended = (action: string): Promise<Stack> =>
    until(
      async () => {
        const { stack } = (await ask('GET', '/stacks/web').catch(() => ({ stack: undefined }))) as { stack?: Stack };
        if (stack === undefined || stack.stack_status === `${action}_IN_PROGRESS`) return undefined;
        if (!stack.stack_status.startsWith(action)) return undefined;
        assert.equal(stack.stack_status, `${action}_COMPLETE`, stack.stack_status_reason);
        return stack;
      },
      `the stack's ${action} ends`,
      180_000,
    );
  const names = async (service: string, path: string, kind: string): Promise<string[]> => {
    const { body } = await cloud.api(service, 'GET', path);
    return (Reflect.get(Object(body), kind) as { name: string }[]).map(({ name }) => name);
  };

  it('a stack is made, suspended, resumed, grown and taken away whole', { timeout: 900_000 }, async () => {
    const before = await names('network', '/v2.0/networks', 'networks');
    await ask('POST', '/stacks', { stack_name: 'web', template: template('m1.tiny', 2), timeout_mins: 10 });
    const made = await ended('CREATE');
    assert.match(String(made.outputs?.[0]?.output_value), /^172\.24\.4\.\d+$/);
    assert.equal((await names('compute', '/servers', 'servers')).length, 3);

    const { stack } = (await ask('GET', '/stacks/web')) as { stack: { id: string } };
    for (const action of ['suspend', 'resume', 'check']) {
      await ask('POST', `/stacks/web/${stack.id}/actions`, { [action]: null });
      await ended(action.toUpperCase());
    }
    await ask('PUT', `/stacks/web/${stack.id}`, { template: template('m1.small', 3) });
    await ended('UPDATE');
    const { body } = await cloud.api('compute', 'GET', '/servers/detail');
    const { servers } = body as { servers: { status: string; flavor: { id: string } }[] };
    assert.deepEqual(
      servers.map(({ status, flavor }) => [status, flavor.id]),
      Array.from({ length: 4 }, () => ['ACTIVE', '2']),
    );

    await ask('DELETE', `/stacks/web/${stack.id}`);
    await until(
      async () => ((await ask('GET', '/stacks')) as { stacks: object[] }).stacks.length === 0 || undefined,
      'the stack is gone',
      180_000,
    );
    assert.deepEqual(await names('compute', '/servers', 'servers'), []);
    assert.deepEqual(await names('network', '/v2.0/networks', 'networks'), before);
  });
});
