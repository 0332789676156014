import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  Authentication,
  DomainPage,
  ExpectedError,
  ProjectObject,
  ProjectPage,
  RoleAssignmentPage,
  UserObject,
  UserPage,
  identityContract,
} from '#libs/contracts';
import type {
  AuthenticatePasswordArgs,
  AuthenticateTokenArgs,
  AuthenticationData,
  ListArgs,
  ScopedProject,
  TokenRevokeArgs,
  UserData,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { MiddlewareOptions, TokenOptions } from '#libs/options';
import { withOptions } from '../../apps/gateway/src/edge/testing/test-edge.js';
import { identityApi } from '../../apps/gateway/src/identity/identity.api.js';
import { OpenApiJudge } from '../support/openapi-judge.js';
import { startStubGateway } from '../support/stub-gateway.js';
import type { StubAnswer, StubGateway, StubRequest } from '../support/stub-gateway.js';

const user: UserData = {
  id: 'u1',
  name: 'admin',
  domain_id: 'default',
  domain_name: 'Default',
  enabled: true,
  default_project_id: null,
  email: null,
};
const project: ScopedProject = {
  id: 'c0ffee00c0ffee00c0ffee00c0ffee00',
  name: 'admin',
  domain_id: 'default',
  domain_name: 'Default',
  description: '',
  enabled: true,
};
const role = { id: 'r1', name: 'admin', domain_id: null };
const authentication: AuthenticationData = {
  user,
  roles: [role],
  project,
  domain: null,
  system: null,
  is_admin_project: true,
};

interface Call {
  readonly method: string;
  readonly args: unknown;
}

function stubWorker(calls: Call[]) {
  const asked =
    <A, R>(method: string, answer: (args: A) => R) =>
    async (_context: RequestContext, args: A): Promise<R> => {
      calls.push({ method, args: JSON.parse(JSON.stringify(args)) });
      return answer(args);
    };
  const page = <D>(objects: readonly D[]): { objects: readonly D[]; next_marker: null } => ({
    objects,
    next_marker: null,
  });
  return {
    contract: identityContract,
    handlers: {
      authenticate_password: asked('authenticate_password', (args: AuthenticatePasswordArgs) => {
        if (args.password !== 'secret') throw new ExpectedError('Unauthorized', 'wrong');
        const unscoped = args.scope.kind === 'unscoped';
        return Authentication.wrap(unscoped ? { ...authentication, project: null, roles: [] } : authentication);
      }),
      authenticate_token: asked('authenticate_token', (_args: AuthenticateTokenArgs) =>
        Authentication.wrap(authentication),
      ),
      token_revoke: asked('token_revoke', (_args: TokenRevokeArgs) => null),
      user_projects: asked('user_projects', () => ProjectPage.wrap(page([project]))),
      project_list: asked('project_list', (_args: ListArgs) => ProjectPage.wrap(page([project]))),
      project_get: asked('project_get', ({ id }: { id: string }) => {
        if (id !== project.id) throw new ExpectedError('ProjectNotFound', `Could not find project: ${id}.`);
        return ProjectObject.wrap(project);
      }),
      user_get: asked('user_get', ({ id }: { id: string }) => UserObject.wrap({ ...user, id })),
      user_list: asked('user_list', (_args: ListArgs) => UserPage.wrap(page([user]))),
      own_domains: asked('own_domains', () => DomainPage.wrap(page([]))),
      own_system: asked('own_system', () => false),
      role_assignment_list: asked('role_assignment_list', (_args: ListArgs) => {
        const domain = { user_domain_id: 'default', user_domain_name: 'Default' };
        const names = { ...domain, user_id: 'u1', user_name: 'admin', project_name: 'admin' };
        const assignment = { role, ...names, project_id: project.id, domain_id: null, system: null };
        return RoleAssignmentPage.wrap(page([assignment]));
      }),
    },
  };
}

function passwordBody(password: string, scope?: unknown): object {
  const identity = {
    methods: ['password'],
    password: { user: { name: 'admin', domain: { name: 'Default' }, password } },
  };
  return { auth: { identity, ...(scope === undefined ? {} : { scope }) } };
}

const scope = { project: { name: 'admin', domain: { id: 'default' } } };
const subjectOf = (answer: StubAnswer): string => String(answer.headers['x-subject-token']);

describe('the Identity API', () => {
  const calls: Call[] = [];
  let gateway: StubGateway;
  const ask = (request: StubRequest): Promise<StubAnswer> => gateway.request(request);
  const logIn = (body: object): Promise<StubAnswer> =>
    ask({ method: 'POST', url: '/v3/auth/tokens', body, roles: null });
  const withTokens = (method: 'GET' | 'HEAD' | 'DELETE', own: string, subject: string): Promise<StubAnswer> =>
    ask({
      method,
      url: '/v3/auth/tokens',
      roles: null,
      headers: { 'x-auth-token': own, 'x-subject-token': subject },
    });

  before(async () => {
    const proxied = withOptions(MiddlewareOptions, { enableProxyHeadersParsing: true });
    gateway = await startStubGateway(identityApi, stubWorker(calls), proxied);
  });
  beforeEach(() => {
    calls.length = 0;
  });
  after(() => gateway.stop());

  it('is discovered without a token, with the links of the request', async () => {
    const root = await ask({ url: '/', roles: null });
    assert.equal(root.status, 300);
    assert.equal(root.headers['location'], 'http://cloud.example:1234/v3/');
    assert.match(root.text, /^\{"versions":\{"values":\[\{"id":"v3\.14","status":"stable"/);
    for (const url of ['/v3', '/v3/']) {
      const version = await ask({ url, roles: null, headers: { host: '[::1]:5000' } });
      assert.equal(version.status, 200);
      assert.match(version.text, /"href":"http:\/\/\[::1\]:5000\/v3\/"/);
    }
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'api.example' };
    assert.match((await ask({ url: '/v3', roles: null, headers: forwarded })).text, /https:\/\/api\.example\/v3\//);
  });

  it('answers what the document that it serves says', async () => {
    const served = await ask({ url: '/openapi.json', roles: null });
    assert.equal(served.status, 200, served.text);
    const judge = new OpenApiJudge(Object(served.json));
    for (const path of ['', '/users', '/users/u1', '/projects', '/auth/projects', '/role_assignments']) {
      const answer = await ask({ url: `/v3${path}`, roles: ['admin'] });
      const fault = judge.fault({ method: 'GET', path: path || '/', status: answer.status, body: answer.json });
      assert.equal(fault, undefined, `GET ${path}`);
    }
  });

  it('issues a project token for a password, good for the rest of the API', async () => {
    const answer = await logIn(passwordBody('secret', scope));
    assert.equal(answer.status, 201);
    assert.equal(answer.headers['vary'], 'X-Auth-Token');
    assert.deepEqual(calls[0]?.args, {
      user: { name: 'admin', domain_name: 'Default' },
      password: 'secret',
      scope: { kind: 'project', project: { name: 'admin', domain_id: 'default' } },
    });
    assert.match(answer.text, /"catalog":\[\{"endpoints"/);
    assert.match(answer.text, /"url":"http:\/\/cloud\.example:8774\/v2\.1"/);
    const token = subjectOf(answer);
    const catalog = await ask({ url: '/v3/auth/catalog', roles: null, headers: { 'x-auth-token': token } });
    assert.equal(catalog.status, 200);
    const short = await ask({
      method: 'POST',
      url: '/v3/auth/tokens?nocatalog',
      body: passwordBody('secret', scope),
      roles: null,
    });
    assert.ok(!short.text.includes('catalog'));
  });

  it('gives unscoped tokens neither roles nor catalog', async () => {
    const answer = await logIn(passwordBody('secret', 'unscoped'));
    assert.equal(answer.status, 201);
    assert.ok(!/"(catalog|roles|project)"/.test(answer.text));
    const headers = { 'x-auth-token': subjectOf(answer) };
    assert.equal((await ask({ url: '/v3/auth/catalog', roles: null, headers })).status, 403);
    const projects = await ask({ url: '/v3/auth/projects', roles: null, headers });
    assert.equal(projects.status, 200);
    assert.match(projects.text, /"projects":\[\{"id":"c0ffee/);
  });

  it('refuses wrong credentials in the form of keystone', async () => {
    const answer = await logIn(passwordBody('guess', scope));
    assert.equal(answer.status, 401);
    assert.deepEqual(answer.json, {
      error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' },
    });
    assert.equal(answer.headers['x-subject-token'], undefined);
    for (const body of ['{', '[]', '{}', '{"auth":{}}', '{"auth":{"identity":{"methods":[]}}}']) {
      const bad = await ask({ method: 'POST', url: '/v3/auth/tokens', body, roles: null });
      assert.equal(bad.status, 400, body);
      assert.match(bad.text, /^\{"error":\{"code":400,/);
    }
  });

  it('exchanges a token for one that ends with it', async () => {
    const first = await logIn(passwordBody('secret', scope));
    const body = { auth: { identity: { methods: ['token'], token: { id: subjectOf(first) } }, scope } };
    const second = await logIn(body);
    assert.equal(second.status, 201);
    const expiry = /"expires_at":"([^"]+)"/;
    assert.equal(expiry.exec(second.text)?.[1], expiry.exec(first.text)?.[1]);
    assert.match(second.text, /"methods":\["token","password"\]/);
    const asked = calls.at(-1)?.args as AuthenticateTokenArgs;
    assert.deepEqual(
      [asked.user_id, asked.scope],
      ['u1', { kind: 'project', project: { name: 'admin', domain_id: 'default' } }],
    );
    // What the worker needs to see whether the first token was revoked meanwhile.
    assert.equal(asked.audit_ids?.length, 1);
    assert.match(String(asked.issued_at), /\.\d{6}Z$/);
    assert.deepEqual(asked.subjects?.slice(0, 2), ['user:u1', 'domain:default']);
    const forged = { auth: { identity: { methods: ['token'], token: { id: 'e30.e30.e30' } } } };
    assert.equal((await logIn(forged)).status, 404, 'as keystone tells of a token that is not good');
  });

  it('shows, checks and revokes tokens', async () => {
    const token = subjectOf(await logIn(passwordBody('secret', scope)));
    const shown = await withTokens('GET', token, token);
    assert.equal(shown.status, 200);
    assert.equal(shown.headers['x-subject-token'], token);
    assert.match(shown.text, /"name":"admin"/);
    const checked = await withTokens('HEAD', token, token);
    assert.deepEqual([checked.status, checked.text], [200, '']);
    const other = await gateway.token(['member'], {
      user: { id: 'u2', name: 'bob', domain: { id: 'default', name: 'Default' } },
    });
    assert.equal((await withTokens('GET', other, token)).status, 403);
    assert.equal((await withTokens('GET', token, 'nonsense')).status, 404);
    assert.equal((await withTokens('DELETE', token, token)).status, 204);
    assert.equal(calls.at(-1)?.method, 'token_revoke');
    assert.equal((await withTokens('GET', token, token)).status, 401);
  });

  it('asks for a token where one is needed', async () => {
    for (const url of ['/v3/auth/tokens', '/v3/auth/projects', '/v3/projects', '/v3/nothing']) {
      assert.equal((await ask({ url, roles: null })).status, 401, url);
    }
    assert.equal((await ask({ url: '/v2.0/tokens', roles: null })).status, 404);
  });

  it('lists and shows projects, users and assignments to those who may see them', async () => {
    const roles = ['admin'];
    const list = await ask({ url: '/v3/projects?name=admin&domain_id=default&colour=red', roles });
    assert.equal(list.status, 200);
    assert.deepEqual(calls.at(-1)?.args, { filters: { name: ['admin'], domain_id: ['default'] } });
    assert.match(list.text, /"links":\{"next":null,"self":"http:\/\/cloud\.example:1234\/v3\/projects\?name=admin/);
    const refused = await ask({ url: '/v3/projects' });
    assert.equal(refused.status, 403);
    assert.match(refused.text, /not authorized to perform the requested action: identity:list_projects/);
    assert.equal((await ask({ url: '/v3/projects/admin', roles })).status, 404);
    assert.equal((await ask({ url: `/v3/projects/${project.id}` })).status, 200);
    assert.equal((await ask({ url: '/v3/users/u1' })).status, 200);
    assert.equal((await ask({ url: '/v3/users/u1/projects?enabled=1&name__icontains=D' })).status, 200);
    assert.deepEqual(calls.at(-1)?.args, {
      user_id: 'u1',
      filters: { enabled: ['true'], name__icontains: ['D'] },
    });
    assert.equal((await ask({ url: '/v3/projects?tags-any=a,b&is_domain=0', roles })).status, 200);
    assert.deepEqual(calls.at(-1)?.args, { filters: { 'tags-any': ['a,b'], is_domain: ['false'] } });
    const assignments = await ask({ url: '/v3/role_assignments?include_names=True&user.id=u1', roles });
    assert.match(assignments.text, /"user":\{"id":"u1","name":"admin","domain":\{"id":"default","name":"Default"\}\}/);
    assert.match(assignments.text, /"scope":\{"project":\{"id":"c0ffee\w+","name":"admin","domain"/);
    assert.equal((await ask({ url: '/v3/role_assignments?group.id=g', roles })).status, 200);
    assert.equal((await ask({ url: '/v3/auth/system' })).text.includes('"system":[]'), true);
    assert.equal((await ask({ url: '/v3/auth/domains' })).text.includes('"domains":[]'), true);
  });

  it('answers 405 for what it does not let anybody write', async () => {
    const answer = await ask({ method: 'PUT', url: '/v3/services', body: { service: {} }, roles: ['admin'] });
    assert.equal(answer.status, 405);
    assert.match(answer.text, /^\{"error":\{"code":405/);
  });
});

describe('[token] allow_rescope_scoped_token = false', () => {
  it('lets no token for a project become another one, and unscoped ones still', async () => {
    const options = withOptions(TokenOptions, { allowRescopeScopedToken: false });
    const gateway = await startStubGateway(identityApi, stubWorker([]), options);
    try {
      const logIn = (body: object): Promise<StubAnswer> =>
        gateway.request({ method: 'POST', url: '/v3/auth/tokens', body, roles: null });
      const again = async (wanted: object | string): Promise<StubAnswer> => {
        const id = subjectOf(await logIn(passwordBody('secret', wanted)));
        return logIn({ auth: { identity: { methods: ['token'], token: { id } }, scope } });
      };
      const refused = await again(scope);
      assert.equal(refused.status, 403);
      assert.match(refused.text, /not authorized to perform the requested action: rescope a scoped token/);
      assert.equal((await again('unscoped')).status, 201);
    } finally {
      await gateway.stop();
    }
  });
});
