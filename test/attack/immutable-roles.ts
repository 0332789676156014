import type { Attack } from './attack.js';
import { identityScene } from './identity-scene.js';
import { playRequest } from './play-request.js';

const DEFAULT_ROLES: ReadonlySet<string> = new Set(['admin', 'manager', 'member', 'reader', 'service']);
const RENAME = { role: { name: 'theft' } };
const UNLOCK = { role: { options: { immutable: false } } };

/** The default roles, which every log-in needs: nobody renames or deletes one, and only administrators of the cloud unlock one. */
export const immutableRoles: Attack = {
  name: 'immutable-roles',
  async run(target) {
    const scene = await identityScene(target);
    const findings: string[] = [];
    let tried = 0;
    const callers = [
      { name: 'the administrator', token: target.admin.token, mayUnlock: true },
      { ...(await scene.caller('admin', 'project')), mayUnlock: true },
      { ...(await scene.caller('admin', 'domain')), mayUnlock: false },
      { ...(await scene.caller('manager', 'domain')), mayUnlock: false },
      { ...(await scene.caller('member', 'project')), mayUnlock: false },
    ];
    const before = await scene.look();
    for (const { name, token, mayUnlock } of callers) {
      for (const [role, id] of Object.entries(scene.roles).filter(([name]) => DEFAULT_ROLES.has(name))) {
        const path = `/v3/roles/${id}`;
        const attempts = [
          { method: 'PATCH', body: RENAME },
          { method: 'PATCH', body: { role: { ...RENAME.role, ...UNLOCK.role } } },
          { method: 'PATCH', body: { role: { description: 'theft' } } },
          { method: 'DELETE' },
          ...(mayUnlock ? [] : [{ method: 'PATCH', body: UNLOCK }]),
        ];
        for (const attempt of attempts) {
          tried += 1;
          const { status, text } = await playRequest(target, { api: 'identity', path, token, ...attempt });
          if (status === 403) continue;
          const what = `${attempt.method} ${role} ${JSON.stringify(attempt.body ?? null)}`;
          findings.push(`${name}: ${what}: ${status} ${text.slice(0, 200)}`);
        }
      }
    }
    const after = await scene.look();
    if (after !== before) findings.push(`roles or users have changed: ${before} became ${after}`);
    await scene
      .caller('member', 'project')
      .catch((error: unknown) => findings.push(`nobody logs in: ${String(error)}`));
    return { tried, findings };
  },
};
