import { hasFailed } from './attack.js';
import type { Attack } from './attack.js';
import { foreignRequests } from './foreign-requests.js';
import type { ForeignRequest } from './foreign-requests.js';
import { inParallel } from './in-parallel.js';
import { playRequest, tellsOf } from './play-request.js';
import type { Answer } from './play-request.js';
import { strangers } from './strangers.js';
import type { Stranger } from './strangers.js';
import type { Target, Victim } from './target.js';
import { makeVictim } from './victim.js';

/** In npm cit, of each stranger; the two forms have samples of their own. */
const SAMPLED_REQUESTS = 25;
/** Lists and single objects of servers, networks, subnets, ports and key pairs. */
const LEAST_TOLD = 10;

/**
 * Every declared route with the tokens of others and the ids of a victim's objects, in the path, in filters, as
 * references and as a device: no answer tells of the victim, and nothing of the victim's is changed.
 */
export const foreignObjects: Attack = {
  name: 'foreign-objects',
  async run(target, extent) {
    const victim = await makeVictim(target);
    const findings: string[] = [];
    let tried = 0;
    const requests = target.routes
      .filter(({ api }) => api !== 'metadata')
      .flatMap((route) => foreignRequests(route, victim).map((asked) => ({ route, asked })));
    for (const stranger of await strangers(target, victim.marker.slice(-6))) {
      const before = await victim.look();
      const reach = requests.filter(({ route }) => !stranger.mayReach.includes(route.api));
      await inParallel(extent.sample(reach, SAMPLED_REQUESTS), 4, async ({ route, asked }) => {
        tried += 1;
        const answer = await playRequest(target, { ...asked, token: stranger.token });
        const fault = faultOf(answer, stranger, route.isOpen, asked, victim.marker);
        if (fault === undefined) return;
        const what = `${asked.method} ${asked.api} ${asked.path} ${JSON.stringify(asked.body ?? null)}`;
        findings.push(`${stranger.name}: ${what}: ${fault}: ${answer.status} ${answer.text.slice(0, 300)}`);
      });
      const after = await victim.look();
      if (after !== before) findings.push(`${stranger.name} changed the victim's: ${before} became ${after}`);
    }
    const told = await toldToOwner(target, victim, extent.full ? Infinity : LEAST_TOLD);
    if (told < LEAST_TOLD)
      findings.push(`only ${told} routes tell the victim of its own: the attack could see nothing`);
    return { tried, findings };
  },
};

/** How many routes tell the victim itself of its objects; more than `enough` are not asked for. */
async function toldToOwner(target: Target, victim: Victim, enough: number): Promise<number> {
  const owner = { name: 'owner', token: victim.tenant.client.token, isNobody: false, mayReach: [] };
  let told = 0;
  for (const route of target.routes.filter(({ api, method }) => method === 'GET' && api !== 'metadata')) {
    const [asked] = told < enough ? foreignRequests(route, victim) : [];
    if (asked === undefined) continue;
    const answer = await playRequest(target, { ...asked, token: owner.token });
    if (faultOf(answer, owner, route.isOpen, asked, victim.marker) !== undefined) told += 1;
  }
  return told;
}

function faultOf(
  answer: Answer,
  stranger: Stranger,
  isOpen: boolean,
  asked: ForeignRequest,
  marker: string,
): string | undefined {
  if (hasFailed(answer.status, asked.path)) return 'failed';
  if (stranger.isNobody) return isOpen || answer.status === 401 ? undefined : 'a token that is no good was taken';
  return tellsOf(marker, answer, { ...asked, token: '' }) ? 'tells of the victim' : undefined;
}
