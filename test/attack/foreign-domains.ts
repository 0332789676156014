import { hasFailed } from './attack.js';
import type { Attack } from './attack.js';
import { identityScene } from './identity-scene.js';
import type { Caller, IdentityScene } from './identity-scene.js';
import { inParallel } from './in-parallel.js';
import { playRequest, tellsOf } from './play-request.js';
import type { Asked } from './play-request.js';
import { pathOf } from './routes.js';
import type { DeclaredRoute } from './routes.js';

/** In npm cit, of each caller. */
const SAMPLED_REQUESTS = 15;

type Ids = Readonly<Record<string, string>>;

/**
 * Every route of the Identity API with tokens of one domain, and the ids of another's users, projects and grants in
 * each of its parameters, filters and bodies: none tells of the other domain, nothing of it changes, and nobody gets a
 * role that its own does not let it give. An administrator of a domain may use other domains' objects by their ids, as
 * keystone's policy has it (also for the assignments below a project); its lists, and all that belongs to the cloud,
 * are played.
 */
export const foreignDomains: Attack = {
  name: 'foreign-domains',
  async run(target, extent) {
    const scene = await identityScene(target);
    const findings: string[] = [];
    let tried = 0;
    const routes = target.routes.filter(({ api }) => api === 'identity');
    const callers: (readonly [Caller, (route: DeclaredRoute) => boolean])[] = [
      [await scene.caller('admin', 'domain'), isBeyondDomainAdmin],
      [await scene.caller('manager', 'domain'), () => true],
      [await scene.caller('reader', 'domain'), () => true],
      [await scene.caller('member', 'domain'), () => true],
      [await scene.caller('manager', 'project'), () => true],
      [await scene.caller('member', 'project'), () => true],
      [await scene.caller('reader', 'project'), () => true],
      [await scene.caller(null, 'unscoped'), () => true],
    ];
    for (const [caller, isPlayed] of callers) {
      const before = await scene.look();
      const requests = routes
        .filter(isPlayed)
        .flatMap((route) => requestsTo(route, scene, caller))
        .filter(({ path }) => isPlayed !== isBeyondDomainAdmin || !path.includes('include_subtree'));
      await inParallel(extent.sample(requests, SAMPLED_REQUESTS), 4, async (asked) => {
        tried += 1;
        const answer = await playRequest(target, asked);
        const told = tellsOf(scene.marker, answer, asked);
        if (!hasFailed(answer.status, asked.path) && !told) return;
        const what = `${asked.method} ${asked.path} ${JSON.stringify(asked.body ?? null)}`;
        findings.push(`${caller.name}: ${what}: ${answer.status} ${answer.text.slice(0, 300)}`);
      });
      const after = await scene.look();
      if (after !== before) findings.push(`${caller.name} changed what is not its own: ${before} became ${after}`);
    }
    return { tried, findings };
  },
};

/** Lists, and what belongs to no domain. Whose token it has, it may look at. */
function isBeyondDomainAdmin({ method, url }: DeclaredRoute): boolean {
  if (url === '/v3/auth/tokens') return false;
  if (method === 'GET' || method === 'HEAD') return !url.includes(':');
  return /^\/v3\/(domains(\/:id)?|(roles|system|services|endpoints|regions)(\/|$).*)$/.test(url);
}

/** Each parameter is one's own and the other domain's, in every combination but one's own with a role one may give. */
function requestsTo(route: DeclaredRoute, scene: IdentityScene, caller: Caller): Asked[] {
  const { red, blue, roles } = scene;
  const own: Ids = { users: caller.user, projects: red.project, domains: red.domain, roles: roles['member'] ?? '' };
  const foreign: Ids = { users: blue.user, projects: blue.project, domains: blue.domain, roles: roles['admin'] ?? '' };
  const segments = route.url.split('/');
  const names = [...route.url.matchAll(/:([A-Za-z_]\w*)/g)].map(([, name]) => name ?? '');
  const paths: string[] = [];
  for (let bits = names.length === 0 ? 0 : 1; bits < 2 ** names.length; bits += 1) {
    const path = pathOf(route, (name) => {
      const collection = segments[segments.indexOf(`:${name}`) - 1] ?? '';
      const ids = (bits >> names.indexOf(name)) % 2 === 1 ? foreign : own;
      return ids[collection] ?? blue.user;
    });
    paths.push(path);
  }
  const isRead = route.method === 'GET' || route.method === 'HEAD';
  const queries = isRead ? ['', ...queriesOf(scene)] : [''];
  const bodies = ['POST', 'PUT', 'PATCH'].includes(route.method) ? bodiesOf(route, scene) : [undefined];
  const { api, method } = route;
  const common = { api, method, token: caller.token, headers: { 'x-subject-token': blue.token } };
  return paths.flatMap((path) =>
    queries.flatMap((query) => bodies.map((body): Asked => ({ ...common, path: `${path}${query}`, body }))),
  );
}

function queriesOf({ blue, marker, roles }: IdentityScene): string[] {
  return [
    `?domain_id=${blue.domain}`,
    `?name=user-${marker}`,
    `?name__contains=${marker.slice(0, 10)}`,
    `?parent_id=${blue.domain}`,
    `?is_domain=true`,
    `?enabled=true&limit=1000`,
    `?marker=${blue.user}`,
    `?user.id=${blue.user}&include_names`,
    `?scope.project.id=${blue.project}&include_names=true`,
    `?scope.domain.id=${blue.domain}&include_names=true`,
    `?role.id=${roles['member']}&include_names&effective`,
    `?scope.project.id=${blue.project}&include_subtree=true&include_names=true`,
    '?subtree_as_list&parents_as_list',
    '?include_names=true&effective=true&user_id=&domain_id=',
  ];
}

function bodiesOf({ url }: DeclaredRoute, { blue, red, marker, roles }: IdentityScene): unknown[] {
  const last = url.split('/').findLast((segment) => segment !== '' && !segment.startsWith(':')) ?? '';
  const singular = last.replace(/s$/, '');
  const own = { name: 'theft', enabled: false };
  const bodies: Readonly<Record<string, readonly unknown[]>> = {
    users: [
      { user: { ...own, domain_id: blue.domain, password: 'theft' } },
      { user: { password: 'theft' } },
      { user: { default_project_id: blue.project } },
      { user: { domain_id: blue.domain } },
    ],
    projects: [
      { project: { ...own, domain_id: blue.domain } },
      { project: { ...own, parent_id: blue.project } },
      { project: { ...own, domain_id: red.domain, parent_id: blue.project } },
      { project: { ...own, is_domain: true } },
      { project: { parent_id: blue.project } },
      { project: { domain_id: blue.domain } },
    ],
    domains: [
      { domain: own },
      { domain: { enabled: false } },
      { domain: { ...own, explicit_domain_id: 'f'.repeat(32) } },
    ],
    roles: [
      { role: { name: 'theft' } },
      { role: { options: { immutable: false } } },
      { role: { domain_id: blue.domain } },
    ],
    password: [{ user: { original_password: 'wrong', password: 'theft' } }],
  };
  return [
    ...(bodies[last] ?? []),
    // What a kind of object that is not known here would be named by.
    {
      [singular]: {
        ...own,
        domain_id: blue.domain,
        project_id: blue.project,
        user_id: blue.user,
        role_id: roles['admin'],
      },
    },
    { [singular]: { name: marker, description: 'theft' } },
    {},
  ];
}
