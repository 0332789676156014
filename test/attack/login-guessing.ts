import { randomUUID } from 'node:crypto';
import { ADMIN_PASSWORD } from '#testing/stack';
import { cpuSecondsBelow } from '../chaos/cpu-meter.js';
import type { Attack } from './attack.js';
import { inParallel } from './in-parallel.js';
import { playRequest } from './play-request.js';
import type { Answer } from './play-request.js';
import type { Target } from './target.js';

/** Of one user from one source, and of one user from everywhere; a window is a minute. */
const OF_PAIR = 10;
const OF_USER = 100;
const WINDOW_MS = 60_000;
/** In npm cit: a user, and a name that nobody has. */
const SAMPLED_PEOPLE = 2;

type User = Readonly<Record<string, unknown>>;

/**
 * Wrong passwords by the dozen: a stranger locks nobody out, what checking costs is bounded, and no answer tells
 * whether there is a user of the name. Sources are addresses of the loopback network.
 */
export const loginGuessing: Attack = {
  name: 'login-guessing',
  async run(target, extent) {
    const findings: string[] = [];
    let tried = 0;
    let nextSource = 0;
    const source = (): string => `127.${100 + Math.floor(nextSource / 250)}.7.${1 + (nextSource++ % 250)}`;
    const guess = async (user: User, from: string, password = 'wrong'): Promise<Answer> => {
      tried += 1;
      return logIn(target, user, password, from);
    };
    const victim = await makeUser(target, {});
    const named = { name: victim.name, domain: { id: 'default' } };

    // A stranger is stopped, whichever way it names the user; the user is not, neither at home nor elsewhere.
    const home = source();
    if ((await guess({ id: victim.id }, home, ADMIN_PASSWORD)).status !== 201)
      findings.push('the victim cannot log in');
    const stranger = source();
    const startedMs = performance.now();
    const statuses: number[] = [];
    for (let time = 0; time < OF_PAIR + 3; time += 1) {
      const user = [{ id: victim.id }, named, { name: victim.name, domain: { name: 'Default' } }][time % 3] ?? named;
      statuses.push((await guess(user, stranger)).status);
    }
    const windows = 1 + Math.floor((performance.now() - startedMs) / WINDOW_MS);
    const checked = statuses.filter((status) => status === 401).length;
    if (checked > OF_PAIR * windows || !statuses.every((status) => status === 401 || status === 429)) {
      findings.push(`wrong passwords of one stranger: ${statuses.join(' ')}`);
    }
    for (const [who, from] of [
      ['the victim at home', home],
      ['the victim at another place', source()],
    ] as const) {
      const { status, text } = await guess(named, from, ADMIN_PASSWORD);
      if (status !== 201) findings.push(`${who} is locked out: ${status} ${text}`);
    }

    // Many strangers together: their cost is bounded, and who has just logged in from a place still does from there.
    if (extent.full) {
      const manyMs = performance.now();
      let many = 0;
      const strangers = Array.from({ length: 26 }, source);
      await inParallel(strangers, 4, async (from) => {
        for (let time = 0; time < OF_PAIR; time += 1) if ((await guess(named, from)).status === 401) many += 1;
      });
      const most = OF_USER * (1 + Math.ceil((performance.now() - manyMs) / WINDOW_MS));
      if (many > most) findings.push(`${many} wrong passwords of one user were looked at, at most ${most} may be`);
      const { status } = await guess(named, home, ADMIN_PASSWORD);
      if (status !== 201) findings.push(`many strangers lock the victim out at home: ${status}`);
    }

    // Who is there cannot be told from who is not: the same answers in the same order, and the same work.
    const disabled = await makeUser(target, { enabled: false });
    const withoutPassword = await makeUser(target, { password: null });
    const nobody = `nobody-${randomUUID()}`;
    const another = await makeUser(target, {});
    const people: Readonly<Record<string, User>> = {
      'a user': { name: another.name, domain: { id: 'default' } },
      'a name that nobody has': { name: nobody, domain: { id: 'default' } },
      'a user who is disabled': { name: disabled.name, domain: { id: 'default' } },
      'a user without a password': { name: withoutPassword.name, domain: { id: 'default' } },
      'a domain that is not there': { name: nobody, domain: { id: 'nowhere' } },
      'an id that nobody has': { id: randomUUID().replaceAll('-', '') },
    };
    const told = new Map<string, string[]>();
    const work = new Map<string, number>();
    for (const [name, user] of Object.entries(people).slice(0, extent.full ? undefined : SAMPLED_PEOPLE)) {
      const from = source();
      const answers: Answer[] = [];
      const before = cpuOf(target);
      for (let time = 0; time < OF_PAIR; time += 1) answers.push(await guess(user, from));
      work.set(name, cpuOf(target) - before);
      for (let time = 0; time < 2; time += 1) answers.push(await guess(user, from));
      const forms = [...new Set(answers.map(formOf))].join(' then ');
      told.set(forms, [...(told.get(forms) ?? []), name]);
      for (const { text } of answers) if (text.includes(nobody)) findings.push(`${name}: its name is repeated`);
    }
    // A password that is not looked at costs a tenth and less.
    const [least, most] = [Math.min(...work.values()), Math.max(...work.values())];
    if (least < most / 2) findings.push(`users can be told by the work, CPU seconds: ${JSON.stringify([...work])}`);
    if (told.size !== 1) findings.push(`users can be told apart: ${JSON.stringify([...told])}`);

    // A scope that is another's, and one that is not there.
    const foreign = await target.tenant(`scope-${randomUUID().slice(0, 8)}`);
    const scopes = [{ project: { id: foreign.project } }, { project: { id: randomUUID().replaceAll('-', '') } }];
    const refused: string[] = [];
    for (const scope of scopes) {
      tried += 1;
      refused.push(formOf(await logIn(target, named, ADMIN_PASSWORD, home, scope)));
    }
    if (new Set(refused).size !== 1) findings.push(`projects can be told apart: ${refused.join(' | ')}`);
    return { tried, findings };
  },
};

/** CPU time that the programs of the cloud have used so far, in seconds. */
function cpuOf({ stack }: Target): number {
  return [...stack.programs.values()].reduce((sum, { pid }) => sum + cpuSecondsBelow(pid), 0);
}

async function makeUser({ admin }: Target, more: User): Promise<{ id: string; name: string }> {
  const name = `guessed-${randomUUID()}`;
  const body = { user: { name, password: ADMIN_PASSWORD, ...more } };
  const made = await admin.expect(201, 'identity', 'POST', '/v3/users', { body });
  return { id: String((made['user'] as User)['id']), name };
}

function logIn(
  target: Target,
  user: User,
  password: string,
  from: string,
  scope: unknown = 'unscoped',
): Promise<Answer> {
  const identity = { methods: ['password'], password: { user: { ...user, password } } };
  // One of the forms is behind a proxy that says whose request it is; the other sees the address itself.
  const headers = { 'x-forwarded-for': from };
  return playRequest(target, {
    api: 'identity',
    method: 'POST',
    path: '/v3/auth/tokens',
    token: '',
    from,
    headers,
    body: { auth: { identity, scope } },
  });
}

/** An answer without what differs by itself: ids, the time, and the seconds that are left. */
function formOf({ status, text, headers }: Answer): string {
  const names = Object.keys(headers).toSorted().join(',');
  return `${status} ${text.replaceAll(/\d+ seconds/g, 'n seconds')} ${names}`;
}
