// The Identity API and a whole worker in this process, over memory:// and a database in memory: real policy, real state.
import { policyRules } from '#libs/contracts';
import { Enforcer } from '#libs/policy';
import { createApiApplication } from '../../apps/gateway/src/edge/application.js';
import { openEdge } from '../../apps/gateway/src/edge/open-edge.js';
import { identityApi } from '../../apps/gateway/src/identity/identity.api.js';
import { openTransport } from '../../apps/worker/src/service/open-worker-store.js';
import { WorkerService } from '../../apps/worker/src/worker-service.js';
import type { Store } from '../../apps/worker/src/store/index.js';
import { testConfiguration } from '../../apps/worker/src/testing/memory-worker.js';

type Row = Record<string, unknown>;

export interface IdentityAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The parsed body; an empty object for none, and for what is not JSON. */
  readonly json: Row;
}

export interface AskOptions {
  readonly body?: unknown;
  /** A form, in place of a body. */
  readonly form?: Readonly<Record<string, string>>;
  /** null: none is sent. @default the administrator's */
  readonly token?: string | null;
  /** The client's address. */
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a token is for; `unscoped` in so many words. */
export type TokenScope = { readonly project: string } | { readonly domain: string } | 'system' | 'unscoped';

const PASSWORD = 'a-password-for-tests';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Starts it; `options` are environment variables. */
export async function startIdentityCloud(options: Readonly<Record<string, string>> = {}): Promise<IdentityCloud> {
  const config = testConfiguration({
    OS_DEFAULT__EPHEMERAL: 'true',
    OS_IDENTITY__ADMIN_PASSWORD: PASSWORD,
    OS_IDENTITY__SIGNING_KEYS: 'a-signing-key-for-tests-0123456789abcdef',
    ...options,
  });
  const worker = new WorkerService({ config, program: 'test-worker' });
  await worker.start();
  const transport = await openTransport(config, 'test');
  const edge = openEdge('identity', config, transport, new Enforcer({ defaults: policyRules.identity }));
  const app = await createApiApplication(identityApi, edge);
  const cloud = new IdentityCloud(app, worker.shared.store, async () => {
    await app.close();
    await transport.stop();
    await worker.stop(5_000);
  });
  await cloud.begin();
  return cloud;
}

type App = Awaited<ReturnType<typeof createApiApplication>>;

export class IdentityCloud {
  /** Of the administrator, for its project. */
  admin = '';
  readonly roles = new Map<string, string>();

  constructor(
    private readonly app: App,
    readonly store: Store,
    readonly stop: () => Promise<void>,
  ) {}

  async begin(): Promise<void> {
    this.admin = await this.logIn({ name: 'admin', domain: { id: 'default' } }, 'unscoped');
    const { projects } = (await this.ask('GET', '/v3/auth/projects')).json as { projects: { id: string }[] };
    this.admin = await this.logIn({ name: 'admin', domain: { id: 'default' } }, { project: projects[0]?.id ?? '' });
    const { roles } = (await this.ask('GET', '/v3/roles')).json as { roles: { id: string; name: string }[] };
    for (const { id, name } of roles) this.roles.set(name, id);
  }

  async ask(method: string, url: string, options: AskOptions = {}): Promise<IdentityAnswer> {
    const { body, form, token = this.admin, from, headers } = options;
    const answer = await this.app.fastify.inject({
      method: method as 'GET',
      url,
      headers: {
        host: 'cloud.example:5000',
        ...(token === null ? {} : { 'x-auth-token': token }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(form === undefined ? {} : { 'content-type': FORM_TYPE }),
        ...headers,
      },
      ...(from === undefined ? {} : { remoteAddress: from }),
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      ...(form === undefined ? {} : { payload: new URLSearchParams(form).toString() }),
    });
    const isJson = answer.body !== '' && answer.headers['content-type'] !== FORM_TYPE;
    const json = isJson ? (JSON.parse(answer.body) as Row) : {};
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, json };
  }

  /** The inner object of an answer with this status. */
  async expect(status: number, method: string, url: string, options: AskOptions = {}): Promise<Row> {
    const answer = await this.ask(method, url, options);
    if (answer.status !== status) throw new Error(`${method} ${url}: ${answer.status} ${answer.text}`);
    const [inner] = Object.values(answer.json);
    return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Row) : answer.json;
  }

  /** Makes a domain, project, user or role as the administrator; answers its id. */
  async make(kind: 'domain' | 'project' | 'user' | 'role', fields: Row): Promise<string> {
    const made = await this.expect(201, 'POST', `/v3/${kind}s`, { body: { [kind]: fields } });
    return String(made['id']);
  }

  /** A user of a domain with a role on something. */
  async userWith(name: string, domain: string, role: string, on: Exclude<TokenScope, 'unscoped'>): Promise<string> {
    const user = await this.make('user', { name, domain_id: domain, password: PASSWORD });
    await this.grant(user, role, on);
    return user;
  }

  async grant(user: string, role: string, on: Exclude<TokenScope, 'unscoped'>): Promise<void> {
    const path = on === 'system' ? 'system' : 'project' in on ? `projects/${on.project}` : `domains/${on.domain}`;
    await this.expect(204, 'PUT', `/v3/${path}/users/${user}/roles/${this.roles.get(role)}`);
  }

  /** A body of `POST /v3/auth/tokens`. */
  static credentials(user: Row | string, scope: TokenScope, password: string = PASSWORD): object {
    const named = typeof user === 'string' ? { id: user } : user;
    return {
      auth: {
        identity: { methods: ['password'], password: { user: { ...named, password } } },
        scope: scopeBody(scope),
      },
    };
  }

  async logIn(user: Row | string, scope: TokenScope): Promise<string> {
    const body = IdentityCloud.credentials(user, scope);
    const answer = await this.ask('POST', '/v3/auth/tokens', { token: null, body });
    const token = answer.headers['x-subject-token'];
    if (typeof token !== 'string') throw new Error(`log in: ${answer.status} ${answer.text}`);
    return token;
  }
}

function scopeBody(scope: TokenScope): unknown {
  if (scope === 'unscoped') return 'unscoped';
  if (scope === 'system') return { system: { all: true } };
  return 'project' in scope ? { project: { id: scope.project } } : { domain: { id: scope.domain } };
}
