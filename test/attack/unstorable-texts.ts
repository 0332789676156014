import { hasFailed } from './attack.js';
import type { Attack } from './attack.js';
import { foreignRequests } from './foreign-requests.js';
import type { ForeignRequest } from './foreign-requests.js';
import { inParallel } from './in-parallel.js';
import { pathOf } from './routes.js';
import { makeVictim } from './victim.js';

/** In npm cit. */
const SAMPLED_REQUESTS = 40;
/** fetch sends none of these; route-spellings does. */
const UNSENT: ReadonlySet<string> = new Set(['TRACE', 'CONNECT']);
/** NUL, and both halves of a character. */
const TEXTS = ['a\0b', 'a\ud800', '\udc00b'];

/**
 * Every text of every body, and every parameter of every path, with what no database stores: it is refused, never an
 * error of the server and never stored as another text.
 */
export const unstorableTexts: Attack = {
  name: 'unstorable-texts',
  async run(target, extent) {
    const victim = await makeVictim(target);
    const { client } = victim.tenant;
    const findings: string[] = [];
    const requests: ForeignRequest[] = [];
    for (const route of target.routes.filter(({ api, method }) => api !== 'metadata' && !UNSENT.has(method))) {
      const asked = foreignRequests(route, victim);
      for (const one of asked.filter(({ body }) => body !== undefined)) {
        for (const text of TEXTS) for (const body of variants(one.body, text)) requests.push({ ...one, body });
      }
      const [first] = asked;
      if (first === undefined || !route.url.includes(':')) continue;
      const body = first.body === undefined ? {} : { body: first.body };
      requests.push({ ...first, ...body, path: pathOf(route, () => 'a%00b') });
      requests.push({ ...first, ...body, path: pathOf(route, () => '%ED%A0%80') });
    }
    let tried = 0;
    await inParallel(extent.sample(requests, SAMPLED_REQUESTS), 4, async ({ api, method, path, body, headers }) => {
      tried += 1;
      // Users, projects and their kin are an administrator's to change.
      const token = api === 'identity' ? { token: target.admin.token } : {};
      const more = { ...token, headers, ...(body === undefined ? {} : { body }) };
      const { status, text } = await client.request(api, method, path, more);
      if (hasFailed(status, path))
        findings.push(`${method} ${api} ${path} ${JSON.stringify(body)}: ${status} ${text.slice(0, 200)}`);
      else if (status < 300 && text.includes('\ufffd')) findings.push(`${method} ${api} ${path}: stored as U+FFFD`);
    });
    return { tried, findings };
  },
};

/** The body with each of its texts replaced in turn. */
function variants(body: unknown, text: string): unknown[] {
  if (typeof body === 'string') return [text];
  if (typeof body !== 'object' || body === null) return [];
  const entries = Object.entries(body);
  return entries.flatMap(([key, item]) => {
    const put = (value: unknown): unknown =>
      Array.isArray(body) ? body.with(Number(key), value) : { ...body, [key]: value };
    return variants(item, text).map(put);
  });
}
