import assert from 'node:assert/strict';

type Variables = Readonly<Record<string, string | undefined>>;

/** One answer: status, headers and the parsed body (null without one). */
export interface CloudAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Speaks to the APIs and the control port of a cloud whose variables `albireo env` has printed. */
export class CloudClient {
  readonly #variables: Variables;
  token = '';
  readonly #urls = new Map<string, string>();

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  /** Logs in as the administrator and learns the catalog. */
  async logIn(): Promise<this> {
    const {
      OS_AUTH_URL: url = '',
      OS_USERNAME: name,
      OS_PASSWORD: password,
      OS_PROJECT_NAME: project,
    } = this.#variables;
    const domain = { id: 'default' };
    const auth = {
      identity: { methods: ['password'], password: { user: { name, domain, password } } },
      scope: { project: { name: project, domain } },
    };
    const { status, headers, body } = await request(`${url}/auth/tokens`, { method: 'POST', json: { auth } });
    assert.equal(status, 201);
    this.token = headers.get('x-subject-token') ?? '';
    const { token } = body as {
      token: { catalog: { type: string; endpoints: { interface: string; url: string }[] }[] };
    };
    for (const { type, endpoints } of token.catalog) {
      this.#urls.set(type, endpoints.find((endpoint) => endpoint.interface === 'public')?.url ?? '');
    }
    return this;
  }

  /** `service` as in the catalog: compute, network, image, identity. */
  api(service: string, method: string, path: string, json?: object): Promise<CloudAnswer> {
    const base = this.#urls.get(service) ?? assert.fail(`no service ${service} in the catalog`);
    return request(`${base}${path}`, { method, headers: { 'x-auth-token': this.token }, json });
  }

  /** Data of an image. */
  upload(service: string, path: string, data: string): Promise<CloudAnswer> {
    const url = `${this.#urls.get(service) ?? ''}${path}`;
    const headers = { 'x-auth-token': this.token };
    return request(url, { method: 'PUT', headers, json: data, contentType: 'application/octet-stream' });
  }

  control(method: string, path: string, json?: object | string): Promise<CloudAnswer> {
    const { ALBIREO_CONTROL_URL: url = '', ALBIREO_CONTROL_TOKEN: token = '' } = this.#variables;
    return request(`${url}/v1${path}`, { method, headers: { authorization: `Bearer ${token}` }, json });
  }
}

async function request(
  url: string,
  {
    method,
    headers = {},
    json,
    contentType = typeof json === 'string' ? 'application/yaml' : 'application/json',
  }: { method: string; headers?: Record<string, string>; json?: object | string | undefined; contentType?: string },
): Promise<CloudAnswer> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(json !== undefined && { 'content-type': contentType }) },
    ...(json !== undefined && { body: typeof json === 'string' ? json : JSON.stringify(json) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as unknown) : text };
}
