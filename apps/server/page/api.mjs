// What the page asks: the APIs and the control port, by way of its own origin, with the token of who has logged in.

const KEY = 'albireo-session';
let session = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
let onOver = () => {};

export const loggedIn = () => session;

/** Called when the token is over. */
export function whenOver(call) {
  onOver = call;
}

export function logOut() {
  session = null;
  sessionStorage.removeItem(KEY);
}

/** An answer that is an error, with all that was said. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function send(service, method, path, { body, type = 'application/json', signal } = {}) {
  const headers = { 'openstack-api-version': 'compute 2.79' };
  if (session) headers['x-auth-token'] = session.token;
  if (body !== undefined) headers['content-type'] = type;
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const options = { method, headers, signal };
  if (text !== undefined) options.body = text;
  return fetch(`api/${service}${path}`, options);
}

/** The parsed body, null without one. Throws Refusal. */
export async function ask(service, method, path, options) {
  const response = await send(service, method, path, options);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  if (response.ok) return isJson ? JSON.parse(text) : null;
  if (response.status === 401 && session) {
    logOut();
    onOver();
  }
  throw new Refusal(response.status, isJson ? said(JSON.parse(text)) : text || `status ${response.status}`);
}

function said(body) {
  const [first] = Object.values(body);
  const lines = (first?.faults ?? []).map(({ file, line, message }) => `${file}${line ? `:${line}` : ''}: ${message}`);
  return [first?.message ?? JSON.stringify(body), ...lines].join('\n');
}

/** The control port; its paths begin with what follows `/v1`. */
export const control = (method, path, options) => ask('control', method, `/v1${path}`, options);

/** Logs in; a project's administrator sees everything. */
export async function logIn(name, password, project) {
  const domain = { id: 'default' };
  const auth = {
    identity: { methods: ['password'], password: { user: { name, domain, password } } },
    scope: { project: { name: project, domain } },
  };
  const response = await send('identity', 'POST', '/v3/auth/tokens', { body: { auth } });
  const text = await response.text();
  if (!response.ok)
    throw new Refusal(response.status, response.status === 401 ? 'Wrong user, password or project.' : text);
  session = { token: response.headers.get('x-subject-token'), name, project };
  sessionStorage.setItem(KEY, JSON.stringify(session));
}

/** All of a collection, at most a thousand. */
export async function list(service, path, collection) {
  const body = await ask(service, 'GET', path);
  return body?.[collection] ?? [];
}
