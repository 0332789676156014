import { ApiListenOptions, IdentityOptions, ServiceOptions } from '#libs/config';
import type { ApiName, Configuration } from '#libs/config';
import { reachableHost } from '../clouds-yaml.js';

export type Body = Readonly<Record<string, unknown>>;

/** An answer that is an error, with what the API said. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The cloud's own APIs as its administrator sees them, in one project. */
export class ApiSession {
  readonly #config: Configuration;
  readonly projectName: string | undefined;
  #token = '';

  private constructor(config: Configuration, projectName: string | undefined) {
    this.#config = config;
    this.projectName = projectName;
  }

  /** @param projectName @default the administrator's own project */
  static async open(config: Configuration, projectName?: string): Promise<ApiSession> {
    const session = new ApiSession(config, projectName);
    const { adminUsername, adminPassword, adminProjectName } = config.get(IdentityOptions);
    const domain = { id: 'default' };
    const auth = {
      identity: { methods: ['password'], password: { user: { name: adminUsername, domain, password: adminPassword } } },
      scope: { project: { name: projectName ?? adminProjectName, domain } },
    };
    const response = await session.#fetch('identity', 'POST', '/v3/auth/tokens', { auth });
    session.#token = response.headers.get('x-subject-token') ?? '';
    return session;
  }

  /** The parsed body; `{}` without one. Throws ApiRefusal. */
  async ask(api: ApiName, method: string, path: string, body?: object | Buffer): Promise<Body> {
    const text = await (await this.#fetch(api, method, path, body)).text();
    return text === '' ? {} : (JSON.parse(text) as Body);
  }

  /** All of a collection, page by page. */
  async list(api: ApiName, path: string, collection: string): Promise<Body[]> {
    const found: Body[] = [];
    let next: string | undefined = path;
    while (next !== undefined) {
      const page: Body = await this.ask(api, 'GET', next);
      found.push(...((page[collection] ?? []) as Body[]));
      const links = page[`${collection}_links`] as { rel: string; href: string }[] | undefined;
      const href =
        links?.find(({ rel }) => rel === 'next')?.href ?? (typeof page['next'] === 'string' ? page['next'] : undefined);
      next = href === undefined ? undefined : pathOf(href);
    }
    return found;
  }

  async #fetch(api: ApiName, method: string, path: string, body?: object | Buffer): Promise<Response> {
    const isData = Buffer.isBuffer(body);
    const response = await fetch(`${this.#base(api)}${path}`, {
      method,
      headers: {
        'x-auth-token': this.#token,
        'openstack-api-version': 'compute 2.79',
        ...(body !== undefined && { 'content-type': isData ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body !== undefined && { body: isData ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    if (!response.ok) throw new ApiRefusal(response.status, messageOf(await response.text(), response.status));
    return response;
  }

  #base(api: ApiName): string {
    const listen = this.#config.get(ApiListenOptions);
    const at = {
      identity: [listen.identityListen, listen.identityListenPort],
      osapi_compute: [listen.osapiComputeListen, listen.osapiComputeListenPort],
      metadata: [listen.metadataListen, listen.metadataListenPort],
      image: [listen.imageListen, listen.imageListenPort],
      network: [listen.networkListen, listen.networkListenPort],
    } as const;
    const { enabledApis, enabledSslApis } = this.#config.get(ServiceOptions);
    const [host, port] = at[api];
    if (!enabledApis.includes(api)) throw new ApiRefusal(503, `the API ${api} is not among enabled_apis`);
    if (enabledSslApis.includes(api) || port === 0) {
      throw new ApiRefusal(503, `seeds need the API ${api} on a port of its own without TLS`);
    }
    return `http://${reachableHost(host)}:${port}`;
  }
}

function pathOf(href: string): string {
  const { pathname, search } = new URL(href, 'http://api');
  return `${pathname}${search}`;
}

/** The text in the API's form of an error. */
function messageOf(text: string, status: number): string {
  try {
    const body = JSON.parse(text) as Record<string, { message?: unknown }>;
    const [first] = Object.values(body);
    if (typeof first?.message === 'string') return first.message;
  } catch {
    // Glance answers HTML.
  }
  return (
    text
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim()
      .slice(0, 300) || `status ${status}`
  );
}
