import { IdentityOptions } from '#libs/options';
import type { ApiName, Configuration } from '#libs/options';
import { runningApi } from '../../../gateway/src/running-apis.js';

export type Body = Readonly<Record<string, unknown>>;

interface Answer {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** An error response, with the API's message. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The cloud's own APIs as its administrator, in one project. Requests are injected into the applications of this
 * process: no connection is needed, and none would be accepted before all services have started.
 */
export class ApiSession {
  #token = '';

  private constructor() {}

  /** @param projectName @default the administrator's own project */
  static async open(config: Configuration, projectName?: string): Promise<ApiSession> {
    const session = new ApiSession();
    const { adminUsername, adminPassword, adminProjectName } = config.get(IdentityOptions);
    const domain = { id: 'default' };
    const auth = {
      identity: { methods: ['password'], password: { user: { name: adminUsername, domain, password: adminPassword } } },
      scope: { project: { name: projectName ?? adminProjectName, domain } },
    };
    const { headers } = await session.#send('identity', 'POST', '/v3/auth/tokens', { auth });
    session.#token = String(headers['x-subject-token']);
    return session;
  }

  /** The parsed body; `{}` without one. Throws ApiRefusal. */
  async ask(api: ApiName, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<Body> {
    const { text } = await this.#send(api, method, path, body);
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

  async #send(api: ApiName, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<Answer> {
    const application = runningApi(api);
    if (application === undefined) throw new ApiRefusal(503, `the API ${api} is not among enabled_apis`);
    const isData = Buffer.isBuffer(body);
    const {
      statusCode,
      headers,
      body: text,
    } = await application.fastify.inject({
      method,
      url: path,
      headers: {
        host: 'localhost',
        'x-auth-token': this.#token,
        'openstack-api-version': 'compute 2.79',
        ...(body !== undefined && { 'content-type': isData ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body !== undefined && { payload: isData ? body : JSON.stringify(body) }),
    });
    if (statusCode >= 400) throw new ApiRefusal(statusCode, messageOf(text, statusCode));
    return { headers, text };
  }
}

/** A member that is a text; empty for none. */
export function textIn(body: Body | undefined, name: string): string {
  const value = body?.[name];
  return typeof value === 'string' ? value : '';
}

function pathOf(href: string): string {
  const { pathname, search } = new URL(href, 'http://api');
  return `${pathname}${search}`;
}

/** The message in the API's error body. */
function messageOf(text: string, status: number): string {
  try {
    const body = JSON.parse(text) as Record<string, { message?: unknown }>;
    const [first] = Object.values(body);
    if (typeof first?.message === 'string') return first.message;
  } catch {
    // Glance answers with HTML.
  }
  return (
    text
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim()
      .slice(0, 300) || `status ${status}`
  );
}
