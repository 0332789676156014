import { after, before } from 'node:test';
import { ExpectedError, Flavor, declarationOf, Keypair, Server, ServerPage, ServicePage } from '#libs/contracts';
import type { ListArgs, ServerCreateArgs } from '#libs/contracts';
import { createApiApplication } from '../../edge/application.js';
import type { ApiApplication } from '../../edge/application.js';
import { flavorData, serverData } from '../../edge/testing/server-data.js';
import { testClaims, testEdge } from '../../edge/testing/test-edge.js';
import { computeApi } from '../compute.api.js';

export const server = serverData();

/**
 * The Compute API with a stub worker that answers at once; opened and closed for the `describe` in which it is called.
 */
export function computeSite() {
  let listed: ListArgs | undefined;
  let created: ServerCreateArgs | undefined;
  const edge = testEdge({
    conductor: {
      server_list: (args) => {
        listed = args;
        return ServerPage.wrap({ objects: [server], next_marker: args.limit === 1 ? server.id : null });
      },
      server_get: ({ id }) => {
        if (id !== server.id) throw new ExpectedError('InstanceNotFound', `Instance ${id} could not be found.`);
        return Server.wrap(server);
      },
      server_create: (args) => {
        created = args;
        if (args.flavor_ref === 'nosuch')
          throw new ExpectedError('FlavorNotFound', 'Flavor nosuch could not be found.');
        return ServerPage.wrap({ objects: [server], next_marker: null });
      },
      server_update: ({ name }) => Server.wrap(serverData({ name: name ?? 'vm' })),
      server_delete: () => null,
      server_action: ({ action }) => {
        if (action === 'start') {
          throw new ExpectedError(
            'InstanceInvalidState',
            `Cannot 'start' instance ${server.id} while it is in vm_state active`,
          );
        }
        return null;
      },
      flavor_list: () => declarationOf(Flavor).page.wrap({ objects: [flavorData()], next_marker: null }),
      flavor_get: () => declarationOf(Flavor).object.wrap(flavorData()),
      keypair_create: ({ name, type, public_key: key }) =>
        declarationOf(Keypair).object.wrap({
          number: 3,
          name,
          type,
          user_id: 'u1',
          public_key: key ?? 'ssh-ed25519 AAAA',
          fingerprint: 'aa:bb',
          created_at: '2026-11-21T20:49:56.123456Z',
          private_key: key === undefined ? 'PRIVATE' : null,
        }),
      keypair_delete: () => null,
      limits_get: () => {
        throw new Error('a secret of the worker');
      },
      service_list: () =>
        ServicePage.wrap({
          objects: [
            {
              id: 's1',
              binary: 'nova-compute',
              host: 'h1',
              zone: 'nova',
              status: 'enabled',
              state: 'up',
              disabled_reason: null,
              number: 1,
              forced_down: false,
              updated_at: '2026-11-21T20:49:56.123456Z',
            },
          ],
          next_marker: null,
        }),
    },
  });
  let app: ApiApplication;
  const tokens = { member: '', admin: '' };

  before(async () => {
    app = await createApiApplication(computeApi, edge);
    tokens.member = await edge.codec.sign(testClaims());
    tokens.admin = await edge.codec.sign(testClaims(['admin']));
  });
  after(() => app.close());

  interface Asked {
    readonly version?: string;
    readonly body?: unknown;
    readonly as?: 'member' | 'admin';
  }
  const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, { version, body, as = 'member' }: Asked = {}) =>
    app.fastify.inject({
      method,
      url,
      headers: {
        host: 'cloud:8774',
        'x-auth-token': tokens[as],
        ...(version === undefined ? {} : { 'openstack-api-version': `compute ${version}` }),
      },
      ...(body === undefined ? {} : { payload: body as object }),
    });

  return {
    ask,
    tokens,
    fastify: () => app.fastify,
    /** Arguments of the last list and of the last create. */
    listed: () => listed,
    created: () => created,
  };
}
