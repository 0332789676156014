import assert from 'node:assert/strict';
import { after, before, describe, it, mock } from 'node:test';
import { Enforcer } from '#libs/policy';
import { ApiClient } from '#testing/api-client';
import { ADMIN_PASSWORD } from '#testing/stack';
import type { ApiPorts } from '#testing/stack';
import { apiLoaders } from '../../apps/gateway/src/edge/apis.js';
import { createApiApplication } from '../../apps/gateway/src/edge/application.js';
import type { ApiApplication } from '../../apps/gateway/src/edge/application.js';
import { openEdge } from '../../apps/gateway/src/edge/open-edge.js';
import { openPolicy } from '../../apps/gateway/src/edge/policy/open-policy.js';
import type { RouteEntry } from '../../apps/gateway/src/edge/route-table.js';
import type { ApiName } from '../../apps/gateway/src/edge/api-names.js';
import { listenOnLoopback } from '../../apps/gateway/src/edge/testing/raw-client.js';
import { openTransport } from '../../apps/worker/src/service/open-worker-store.js';
import { testConfiguration } from '../../apps/worker/src/testing/memory-worker.js';
import { WorkerService } from '../../apps/worker/src/worker-service.js';
import { foreignRequests } from '../attack/foreign-requests.js';
import { makeTenant } from '../attack/target.js';
import type { Tenant, Victim } from '../attack/target.js';
import { makeVictim } from '../attack/victim.js';

type Route = RouteEntry & { readonly api: ApiName };

const declared = ({ access }: Route): readonly string[] => [...(access?.asked ?? []), ...(access?.ofObject ?? [])];

/**
 * Roles that a domain owns: there are none here. A copy of an image needs a second store, a patch of its locations that
 * they are shown.
 */
const NOT_ASKED = [
  'copy_image',
  'set_image_location',
  ...['get', 'update', 'delete'].map((operation) => `identity:${operation}_domain_role`),
];

const endsServer = (body: unknown): boolean => JSON.stringify(body ?? null).includes('forceDelete');

describe('the rules that routes declare', () => {
  const apps = new Map<ApiName, ApiApplication>();
  const asked = new Set<string>();
  let admin: ApiClient;
  /** The token that is looked at and revoked, where a route is about one. */
  let subject: ApiClient;
  let victim: Victim;
  /** Whose server is deleted before the routes of servers are all played. */
  let another: Victim;
  const stops: (() => Promise<void> | void)[] = [];

  before(async () => {
    const config = testConfiguration({
      OS_DEFAULT__EPHEMERAL: 'true',
      OS_IDENTITY__ADMIN_PASSWORD: ADMIN_PASSWORD,
      OS_IDENTITY__SIGNING_KEYS: 'k'.repeat(40),
    });
    const worker = new WorkerService({ config, program: 'test-worker' });
    await worker.start();
    const transport = await openTransport(config, 'test-gateway');
    stops.push(
      () => worker.stop(5_000),
      () => transport.stop(),
    );
    const ports: Record<ApiName, number> = { identity: 0, osapi_compute: 0, metadata: 0, image: 0, network: 0 };
    for (const [name, load] of Object.entries(apiLoaders) as [ApiName, (typeof apiLoaders)[ApiName]][]) {
      const policy = openPolicy(name, config);
      const app = await createApiApplication(await load(), openEdge(name, config, transport, policy));
      ports[name] = await listenOnLoopback(app.server);
      apps.set(name, app);
      stops.push(
        () => policy.stop(),
        () => app.close(),
      );
    }
    admin = new ApiClient(ports satisfies ApiPorts);
    subject = new ApiClient(ports);
    await Promise.all([admin.login(), subject.login()]);
    const tenant = (name: string, role = 'member'): Promise<Tenant> => makeTenant(admin, name, role);
    victim = await makeVictim({ admin, tenant });
    another = await makeVictim({ admin, tenant });
  });
  after(async () => {
    mock.restoreAll();
    for (const stop of stops.toReversed()) await stop();
  });

  /** Names of the rules that the gateway and the worker ask while an administrator uses the route. */
  const rulesOf = async (route: Route): Promise<ReadonlySet<string>> => {
    asked.clear();
    const requests = foreignRequests({ ...route, isOpen: false }, victim);
    const last = foreignRequests({ ...route, isOpen: false }, another).filter(({ body }) => endsServer(body));
    // What has gone with another of the first victim's is the second one's still.
    const again = route.method === 'DELETE' ? foreignRequests({ ...route, isOpen: false }, another) : [];
    const all = [...requests.filter((one) => !endsServer(one.body)), ...last, ...again];
    for (const { method, path, body, headers } of all) {
      // Reads do not get in each other's way, nor does what is gone already: the first few ask all that there is.
      const isEnough = route.method === 'GET' || route.method === 'DELETE';
      if (isEnough && declared(route).every((rule) => asked.has(rule))) break;
      const more = { ...headers, 'x-subject-token': subject.token };
      await admin.request(route.api, method, path, { ...(body === undefined ? {} : { body }), headers: more });
    }
    return new Set(asked);
  };

  it('are asked when they are used', async () => {
    const routes = [...apps].flatMap(([api, app]) => app.routes.map((route): Route => ({ ...route, api })));
    const guarded = routes.filter(({ access }) => access?.kind === 'rules');
    assert.ok(guarded.length > 100, String(guarded.length));
    const check: (this: Enforcer, ...args: Parameters<Enforcer['check']>) => boolean = Reflect.get(
      Enforcer.prototype,
      'check',
    );
    mock.method(Enforcer.prototype, 'check', function (this: Enforcer, ...args: Parameters<Enforcer['check']>) {
      asked.add(args[0]);
      return check.apply(this, args);
    });
    const faults: string[] = [];
    const never = new Set(guarded.flatMap(({ access }) => access?.ofObject ?? []));
    const [others, deletes] = [
      guarded.filter(({ method }) => method !== 'DELETE'),
      guarded.filter(({ method }) => method === 'DELETE'),
    ];
    for (const route of [...others, ...deletes.toReversed()]) {
      const rules = await rulesOf(route);
      const { asked: first, ofObject } = route.access ?? { asked: [], ofObject: [] };
      for (const rule of rules) never.delete(rule);
      const silent = first.filter((rule) => !rules.has(rule));
      if (ofObject.length > 0 && !ofObject.some((rule) => rules.has(rule))) silent.push(...ofObject);
      if (silent.length === 0) continue;
      const name = `${route.api} ${route.method} ${route.url}`;
      faults.push(`${name} does not ask ${silent.join(', ')}`);
    }
    assert.deepEqual(faults, []);
    // Where a handler has several rules for several forms of its path or body, each is asked by one of them.
    assert.deepEqual([...never].toSorted(), NOT_ASKED.toSorted());
  });
});
