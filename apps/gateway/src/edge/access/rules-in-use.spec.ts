import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { declarationsOf, guardsOf, networkResources, policyRules } from '#libs/contracts';
import type { PolicyService } from '#libs/contracts';
import { apiLoaders } from '../apis.js';
import { createApiApplication } from '../application.js';
import type { ApiApplication } from '../application.js';
import { testEdge } from '../testing/test-edge.js';

const root = fileURLToPath(new URL('../../../../../..', import.meta.url));

/** Rules of operations that do not exist yet. A new operation's rules are removed from the list: it only shrinks. */
const NOT_YET: Readonly<Record<PolicyService, readonly string[]>> = {
  identity: [],
  compute: ['compute:servers:resize:cross_cell'],
  image: [],
  network: ['get_port:resource_request'],
};

/** All quoted texts in the code of both halves: those that are names of rules are checked there. */
function textsInCode(): ReadonlySet<string> {
  const files = ['apps/gateway/src', 'apps/worker/src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(root, folder, name)),
  );
  const text = files
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => readFileSync(name, 'utf8'))
    .join('\n');
  return new Set([...text.matchAll(/'([\w:-]+)'/g)].map(([, name = '']) => name));
}

const refersTo = (check: string): readonly string[] =>
  [...check.matchAll(/rule:([\w:-]+)/g)].map(([, name = '']) => name);

describe('every registered rule', () => {
  const declared = new Set<string>();
  const apps: ApiApplication[] = [];
  before(async () => {
    for (const load of Object.values(apiLoaders)) {
      const app = await createApiApplication(await load(), testEdge());
      apps.push(app);
      for (const { access } of app.routes) {
        for (const rule of [...(access?.asked ?? []), ...(access?.ofObject ?? [])]) declared.add(rule);
      }
    }
  });
  after(async () => {
    for (const app of apps) await app.close();
  });

  it('is asked by a route or an operation; a rule that nobody asks promises what nobody keeps', () => {
    const inCode = textsInCode();
    const ofFields = new Set(
      declarationsOf(networkResources).flatMap((declaration) =>
        ['create', 'update', 'get'].flatMap((operation) =>
          guardsOf(
            declaration,
            operation,
            policyRules.network.map(({ name }) => name),
          ).map(({ rule }) => rule),
        ),
      ),
    );
    // Checked by the code that changes the tags of any resource with tags.
    for (const { tags, qualified } of declarationsOf(networkResources)) {
      if (tags) for (const operation of ['create', 'update', 'delete']) ofFields.add(`${operation}_${qualified}:tags`);
    }
    // Checked by the code that changes gateways: each action by its own name.
    for (const action of ['add', 'update', 'remove']) {
      for (const member of ['', ':network_id', ':enable_snat', ':external_fixed_ips']) {
        ofFields.add(`${action}_external_gateways:external_gateways${member}`);
      }
    }
    for (const [service, rules] of Object.entries(policyRules)) {
      const referred = new Set(rules.flatMap(({ checkStr }) => refersTo(checkStr)));
      const unasked = rules
        // A rule without an operation is a part of others, which operators may use in theirs.
        .filter(({ name, operations = [] }) => operations.length > 0 && !referred.has(name))
        .map(({ name }) => name)
        .filter((name) => !declared.has(name) && !ofFields.has(name) && !inCode.has(name));
      const expected = NOT_YET[service as PolicyService];
      const missing = unasked.filter((name) => !expected.includes(name));
      assert.deepEqual(missing, [], `${service}: no route declares these rules and no operation asks them`);
      const done = expected.filter((name) => !unasked.includes(name));
      assert.deepEqual(done, [], `${service}: asked now (or gone): take these off NOT_YET`);
    }
  });
});
