import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ServerActionResult, ServerPage } from '#libs/contracts';
import type { ExpectedErrorCode, ServerActionName, ServerCreateArgs, ServerData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { memberContext, serverArgs, settled, startMemoryWorker, until } from '../../testing/memory-worker.js';
import type { MemoryWorker } from '../../testing/memory-worker.js';
import { insertNetwork, insertSubnet } from '../../testing/network-rows.js';
import { insertPort } from '../../network/ports/insert-port.js';

describe('the interfaces of a server', () => {
  let worker: MemoryWorker;
  before(async () => {
    worker = await startMemoryWorker({ OS_QUOTA__INSTANCES: '-1', OS_QUOTAS__QUOTA_PORT: '8' });
  });
  after(() => worker.stop());

  async function networkOf(ctx: RequestContext, cidr = '10.9.0.0/29'): Promise<string> {
    const { db } = worker.shared.store;
    const id = await insertNetwork(db, { name: 'net', project_id: ctx.project_id ?? '' });
    await insertSubnet(db, id, cidr);
    return id;
  }
  async function serverOf(ctx: RequestContext, changes: Partial<ServerCreateArgs> = {}): Promise<ServerData> {
    const page = ServerPage.unwrap(await worker.conductor.call(ctx, 'server_create', serverArgs(changes)));
    return settled(worker.conductor, ctx, page.objects[0]!.id);
  }
  const act = async (ctx: RequestContext, id: string, action: ServerActionName, body: object) =>
    ServerActionResult.unwrap(await worker.conductor.call(ctx, 'server_act', { id, action, microversion: 43, body }));
  const attach = async (ctx: RequestContext, id: string, body: object): Promise<string> =>
    (await act(ctx, id, 'attach_interface', body)).port_id ?? '';
  const port = (id: string) =>
    worker.shared.store.db.selectFrom('ports').selectAll().where('id', '=', id).executeTakeFirst();
  const addresses = async (id: string): Promise<string[]> => {
    const { db } = worker.shared.store;
    const found = await db.selectFrom('ip_allocations').select('ip_address').where('port_id', '=', id).execute();
    return found.map(({ ip_address: address }) => address.replace(/\/32$/, '')).toSorted();
  };
  const refused = (result: Promise<unknown>, code: ExpectedErrorCode, text: RegExp) =>
    assert.rejects(result, (error: Error) => {
      assert.deepEqual([error.name, text.test(error.message)], [code, true], error.message);
      return true;
    });

  /** A port that the user created. */
  async function ownPort(ctx: RequestContext, network: string, project = ctx.project_id ?? ''): Promise<string> {
    const made = await worker.shared.store.transaction((tx) =>
      insertPort(
        tx,
        {
          network_id: network,
          project_id: project,
          name: 'own',
          description: '',
          admin_state_up: true,
          device_id: '',
          device_owner: '',
          port_security_enabled: false,
          allowed_address_pairs: [],
          binding_host_id: '',
          binding_vnic_type: 'normal',
          binding_profile: {},
          dns_name: '',
          mac_address: null,
          fixed_ips: undefined,
          created_for_instance: null,
        },
        'fa:16:3e:00:00:00',
      ),
    );
    return made.id;
  }

  it('a port that was made for it is bound, becomes ACTIVE, and goes when it is detached', async () => {
    const ctx = memberContext();
    const network = await networkOf(ctx);
    const server = await serverOf(ctx);
    const id = await attach(ctx, server.id, { net_id: network, fixed_ips: [{ ip_address: '10.9.0.5' }], tag: 'nic1' });
    const made = await until(
      () => port(id),
      (row) => row?.status === 'ACTIVE',
    );
    assert.deepEqual(
      [made?.device_id, made?.device_owner, made?.binding_host_id, made?.nic_tag, made?.nic_index],
      [server.id, 'compute:nova', server.host, 'nic1', 0],
    );
    assert.deepEqual(await addresses(id), ['10.9.0.5']);
    await refused(
      attach(ctx, server.id, { net_id: network, fixed_ips: [{ ip_address: '10.9.0.5' }] }),
      'Conflict',
      /10\.9\.0\.5/,
    );
    await act(ctx, server.id, 'detach_interface', { port_id: id });
    assert.equal(await port(id), undefined);
    await refused(act(ctx, server.id, 'detach_interface', { port_id: id }), 'PortNotFound', /Port id .* could not/);
  });

  it("one of the user's is kept and free afterwards", async () => {
    const ctx = memberContext();
    const network = await networkOf(ctx);
    const server = await serverOf(ctx);
    const own = await ownPort(ctx, network);
    assert.equal(await attach(ctx, server.id, { port_id: own }), own);
    await refused(attach(ctx, server.id, { port_id: own }), 'PortInUse', /still in use/);
    await until(
      () => port(own),
      (row) => row?.status === 'ACTIVE',
    );
    await act(ctx, server.id, 'detach_interface', { port_id: own });
    const left = await port(own);
    assert.deepEqual([left?.device_id, left?.binding_host_id, left?.status], ['', '', 'DOWN']);
  });

  it('without a name it is of the only network that there is; none and several are refused', async () => {
    const ctx = memberContext();
    const server = await serverOf(ctx);
    await refused(attach(ctx, server.id, {}), 'NetworkInvalid', /No specific network was requested and none/);
    const network = await networkOf(ctx);
    assert.equal((await port(await attach(ctx, server.id, {})))?.network_id, network);
    await networkOf(ctx, '10.10.0.0/24');
    await refused(attach(ctx, server.id, {}), 'NetworkInvalid', /More than one possible network/);
  });

  it("another project's port and network are not found, and its server too", async () => {
    const ctx = memberContext();
    const other = memberContext();
    const server = await serverOf(ctx);
    const network = await networkOf(other);
    const foreign = await ownPort(other, network);
    await refused(attach(ctx, server.id, { port_id: foreign }), 'PortNotFound', /^Port id/);
    await refused(attach(ctx, server.id, { net_id: network }), 'NetworkNotFound', /^Network/);
    await refused(attach(other, server.id, { net_id: network }), 'InstanceNotFound', /could not be found/);
  });

  it('is refused where the server is locked or in another state, and beyond the quota of ports', async () => {
    const ctx = memberContext();
    const network = await networkOf(ctx, '10.11.0.0/24');
    const server = await serverOf(ctx);
    for (let count = 0; count < 8; count += 1) await attach(ctx, server.id, { net_id: network });
    await refused(attach(ctx, server.id, { net_id: network }), 'QuotaExceeded', /^Maximum number of ports exceeded$/);
    const { db } = worker.shared.store;
    await db.updateTable('instances').set({ vm_state: 'suspended' }).where('id', '=', server.id).execute();
    const text = /Cannot 'attach_interface' instance .* while it is in vm_state suspended/;
    await refused(attach(ctx, server.id, { net_id: network }), 'InstanceInvalidState', text);
  });

  it('addFixedIp and removeFixedIp change the addresses of its port', async () => {
    const ctx = memberContext();
    const network = await networkOf(ctx);
    const server = await serverOf(ctx);
    const id = await attach(ctx, server.id, { net_id: network });
    const [first = ''] = await addresses(id);
    await act(ctx, server.id, 'add_fixed_ip', { networkId: network });
    assert.equal((await addresses(id)).length, 2);
    await act(ctx, server.id, 'remove_fixed_ip', { address: first });
    const left = await addresses(id);
    assert.deepEqual([left.length, left.includes(first)], [1, false]);
    await refused(
      act(ctx, server.id, 'remove_fixed_ip', { address: first }),
      'NetworkInvalid',
      /does not have fixed IP/,
    );
    await refused(act(ctx, server.id, 'add_fixed_ip', { networkId: 'none' }), 'NetworkNotFound', /for instance/);
  });
});
