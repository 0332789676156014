import { Cloud } from '#testing/cloud';
import { inParallel } from './in-parallel.js';
import type { Attack, Extent } from './attack.js';
import { Neighbour } from './neighbour.js';
import type { Tenant } from './target.js';

/** Each stops a backtracking engine, or fills the memory of one that writes repetitions out. */
const KNOWN = [
  String.raw`^(a*)(a*)(a*)(a*)(a*)(a*)\1\2\3\4\5\6a$`,
  String.raw`((a*)*)*\1b`,
  String.raw`(((((a|aa)*)*)*)*)*$b\5`,
  '(((a+)+)+)+$',
  '(a|aa)+$',
  '(a|b)*a(a|b){40}',
  '(a|b)*a(a|b){200}',
  '((((((x{1,9}){1,9}){1,9}){1,9}){1,9}){1,9})',
  `(?:${'a?'.repeat(100)}){999}`,
  `${'(a?)'.repeat(30)}${'a'.repeat(30)}$`,
  '[^x]{4,238}.{86}[^x]{6,90}',
  `(?=${'.*a'.repeat(60)})x`,
  `${'('.repeat(120)}a${')*'.repeat(120)}`,
  String.raw`\pL{700}`,
  '(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[b-z]$',
  'a'.repeat(5_000),
];
const ATOMS = [
  'a',
  'b',
  '.',
  '[^x]',
  '(a|aa)',
  String.raw`\w`,
  '.*a',
  'a?',
  '(.*)',
  String.raw`\1`,
  '^',
  '$',
  '(?:a|b|ab)',
];
const COUNTS = ['', '*', '+', '?', '{1,9}', '{200}', '{3,}'];
const PARAMETERS = ['name', 'ip', 'ip6'];
/** Of random patterns; in npm cit, in full. */
const SAMPLED = 24;
const FULL = 400;

/** Regular expressions made to take for ever, alone and many at once: an answer each, and others are served meanwhile. */
export const hostilePatterns: Attack = {
  name: 'hostile-patterns',
  async run(target, extent) {
    const attacker = await target.tenant('patterns');
    const neighbour = await Neighbour.of(target, 'patterns-neighbour');
    // Even and odd numbers of the letter that the patterns are about, and something after them.
    for (const name of ['a'.repeat(200), 'a'.repeat(201), `${'a'.repeat(200)}!`, 'ab'.repeat(100)]) {
      await makeServer(attacker, name);
    }
    const findings: string[] = [];
    const random = Array.from({ length: extent.full ? FULL : SAMPLED }, () => randomPattern(extent, 3));
    const patterns = [...KNOWN, ...random];
    const alone = inParallel(patterns, 1, async (pattern) => {
      const parameter = extent.random.pick(PARAMETERS);
      findings.push(...(await ask(attacker, parameter, pattern)));
    });
    const first = await neighbour.during(alone);
    const atOnce = Array.from({ length: 24 }, (_, index) => KNOWN[index % KNOWN.length] ?? '');
    const together = inParallel(atOnce, 12, async (pattern) => {
      findings.push(...(await ask(attacker, 'name', pattern)));
    });
    const second = await neighbour.during(together);
    findings.push(...first.findings, ...second.findings);
    return { tried: patterns.length + atOnce.length + first.read + second.read, findings };
  },
};

async function makeServer({ client }: Tenant, name: string): Promise<void> {
  const imageRef = await new Cloud(client).imageId();
  const body = { server: { name, imageRef, flavorRef: '1', networks: 'none' } };
  const headers = { 'x-openstack-nova-api-version': '2.37' };
  await client.expect(202, 'osapi_compute', 'POST', '/v2.1/servers', { body, headers });
}

/** A list, a refusal, or "come again": anything else, or nothing within a minute, is a finding. */
async function ask({ client }: Tenant, parameter: string, pattern: string): Promise<string[]> {
  const path = `/v2.1/servers?${parameter}=${encodeURIComponent(pattern)}`;
  const { status } = await client
    .request('osapi_compute', 'GET', path)
    .catch((error: unknown) => ({ status: String(error) }));
  return [200, 400, 503].some((one) => one === status) ? [] : [`${parameter}=${pattern.slice(0, 80)}: ${status}`];
}

function randomPattern(extent: Extent, depth: number): string {
  const { random } = extent;
  let pattern = '';
  for (let count = 1 + random.below(5); count > 0; count -= 1) {
    const isGroup = depth > 0 && random.below(3) === 0;
    pattern += isGroup ? `(${randomPattern(extent, depth - 1)})` : random.pick(ATOMS);
    pattern += random.pick(COUNTS);
    if (random.below(8) === 0) pattern += '|';
  }
  return pattern;
}
