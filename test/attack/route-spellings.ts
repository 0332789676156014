import { inParallel } from './in-parallel.js';
import { hasFailed } from './attack.js';
import type { Attack } from './attack.js';
import { sendRawRequest } from './raw-request.js';
import type { RawAnswer } from './raw-request.js';
import { pathOf } from './routes.js';
import type { DeclaredRoute } from './routes.js';
import { spellingsOf } from './spellings.js';
import type { Target } from './target.js';

const HOST = 'cloud.example';
const ID = '11111111-2222-4333-8444-555555555555';
/** In npm cit. */
const SAMPLED_ROUTES = 24;
const SAMPLED_SPELLINGS = 16;
/** What a request without a token may get: a refusal, whichever part of the server made it. */
const REFUSALS = new Set([400, 401, 404, 405, 414]);

/** Every declared route in every spelling of its path without a token: none may reach what needs one. */
export const routeSpellings: Attack = {
  name: 'route-spellings',
  async run(target, extent) {
    const findings: string[] = [];
    let tried = 0;
    const routes = extent.sample(target.routes, SAMPLED_ROUTES);
    await inParallel(routes, 4, async (route) => {
      const path = pathOf(route, () => ID);
      const ask = (asked: string): Promise<RawAnswer> => send(target, route, asked);
      const plain = await ask(path);
      tried += 1;
      if (isBroken(plain, path) || (!route.isOpen && plain.status !== 401)) {
        findings.push(`${route.method} ${route.api} ${path}: ${shown(plain)}`);
      }
      for (const { name, target: spelled } of extent.sample(spellingsOf(path, HOST), SAMPLED_SPELLINGS)) {
        const answer = await ask(spelled);
        tried += 1;
        if (!isBroken(answer, path) && (route.isOpen || isRefused(route, answer))) continue;
        findings.push(`${route.method} ${route.api} ${spelled} (${name}): ${shown(answer)}`);
      }
    });
    return { tried, findings };
  },
};

function send(target: Target, route: DeclaredRoute, asked: string): Promise<RawAnswer> {
  const hasBody = ['POST', 'PUT', 'PATCH'].includes(route.method);
  const port = target.stack.ports[route.api];
  return sendRawRequest({ port, method: route.method, target: asked, host: HOST, ...(hasBody ? { body: '{}' } : {}) });
}

/** An answer without a request id came from a part that knows no request; none at all is a crash or a hang. */
function isBroken({ status, head }: RawAnswer, path: string): boolean {
  return status === 0 || hasFailed(status, path) || !/x-openstack-request-id: req-/i.test(head);
}

function isRefused({ api, method }: DeclaredRoute, { status, body }: RawAnswer): boolean {
  if (REFUSALS.has(status)) return true;
  // nova shows its versions to whoever asks for a path outside of them.
  return api === 'osapi_compute' && status === 300 && (method === 'HEAD' || body.startsWith('{"choices":'));
}

function shown({ status, body }: RawAnswer): string {
  return `${status} ${body.slice(0, 120)}`;
}
