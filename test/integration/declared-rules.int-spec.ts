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
import type { ApiName } from '../../apps/gateway/src/edge/settings.js';
import { listenOnLoopback } from '../../apps/gateway/src/edge/testing/raw-client.js';
import { openTransport } from '../../apps/worker/src/service/open-transport.js';
import { testConfiguration } from '../../apps/worker/src/testing/memory-worker.js';
import { WorkerService } from '../../apps/worker/src/worker-service.js';
import { foreignRequests } from '../attack/foreign-requests.js';
import { makeTenant } from '../attack/target.js';
import { makeVictim } from '../attack/victim.js';
import type { Victim } from '../attack/victim.js';

type Route = RouteEntry & { readonly api: ApiName };

/**
 * Routes whose rule is asked later than the requests of this test come: for a form of the query alone, or of objects
 * that it has not got (a router with a gateway, a floating IP, a group that is not the default one). It only shrinks.
 */
const NOT_REACHED: readonly RegExp[] = [
  /^osapi_compute GET \/v2\.1\/(servers|servers\/detail|limits)$/,
  /^network PUT \/v2\.0\/routers\/:id\/(add|remove)_extraroutes$/,
  /^network \w+ \/v2\.0\/(floatingips|security-groups)(\/:id(\/tags(\/:tag)?)?)?$/,
  /^network (PUT|DELETE) \/v2\.0\/security-group-rules\/:id$/,
];

/** Rules of roles that a domain owns, which are not there yet, and of assignments below a project. */
const NOT_ASKED = [
  ...['list', 'create', 'get', 'update', 'delete'].map(
    (operation) => `identity:${operation}_domain_role${operation === 'list' ? 's' : ''}`,
  ),
  'identity:list_role_assignments_for_tree',
];

describe('the rules that routes declare', () => {
  const apps = new Map<ApiName, ApiApplication>();
  const asked = new Set<string>();
  let admin: ApiClient;
  /** The token that is looked at and revoked, where a route is about one. */
  let subject: ApiClient;
  let victim: Victim;
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
    victim = await makeVictim({ admin, tenant: (name, role = 'member') => makeTenant(admin, name, role) });
  });
  after(async () => {
    mock.restoreAll();
    for (const stop of stops.toReversed()) await stop();
  });

  /** Names of the rules that the gateway and the worker ask while an administrator uses the route. */
  const rulesOf = async (route: Route): Promise<ReadonlySet<string>> => {
    asked.clear();
    const requests = foreignRequests({ ...route, isOpen: false }, victim);
    // A list asks the same whatever its filters are.
    for (const { method, path, body, headers } of route.method === 'GET' ? requests.slice(0, 1) : requests) {
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
      if (!NOT_REACHED.some((known) => known.test(name))) faults.push(`${name} does not ask ${silent.join(', ')}`);
      else for (const rule of silent) never.delete(rule);
    }
    assert.deepEqual(faults, []);
    // Where a handler has several rules for several forms of its path or body, each is asked by one of them.
    for (const rule of NOT_ASKED) never.delete(rule);
    assert.deepEqual([...never], []);
  });
});
