import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createContext } from '#libs/telemetry';
import { Authorizer } from './authorizer.js';

describe('Authorizer', () => {
  it('sees a policy file that changes while the worker runs, as the gateway does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'albireo-authorizer-'));
    const policyFile = join(folder, 'policy.yaml');
    const authorizer = new Authorizer({ policyFile, reloadIntervalMs: 5 });
    try {
      writeFileSync(policyFile, '"os_compute_api:servers:show": "role:auditor"\n');
      const context = createContext({ user_id: 'u', project_id: 'p', roles: ['auditor'] });
      const allows = (): boolean =>
        authorizer.allows(context, 'compute', 'os_compute_api:servers:show', { project_id: 'other' });
      assert.equal(allows(), true);
      writeFileSync(policyFile, '"os_compute_api:servers:show": "role:nobody"\n# longer than before\n');
      while (allows()) await sleep(5);
      writeFileSync(policyFile, '"os_compute_api:servers:show": "role:auditor or role:auditor2"\n');
      while (!allows()) await sleep(5);
    } finally {
      authorizer.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
