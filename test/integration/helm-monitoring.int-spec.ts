import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CHART } from '#testing/helm';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (name: string): string => readFileSync(join(CHART, 'files', name), 'utf8');

/** Names of all metrics that the code registers or writes itself, with what Prometheus makes of a histogram. */
function exported(): ReadonlySet<string> {
  const names = new Set<string>();
  for (const folder of ['apps', 'libs']) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.endsWith('spec.ts')) continue;
      const text = readFileSync(join(root, folder, file), 'utf8');
      for (const [, name] of text.matchAll(/(?:name: '|# TYPE )(albireo_\w+)/g)) {
        for (const part of ['', '_bucket', '_sum', '_count']) names.add(`${name}${part}`);
      }
    }
  }
  return names;
}

/** Metrics of others that the dashboard shows: cAdvisor's. */
const foreign = /^container_memory_working_set_bytes$/;

function used(expression: string): readonly string[] {
  return [...expression.matchAll(/\b([a-z]+_[a-z0-9_]+)(?=\{)/g)].map(([, name]) => name ?? '');
}

describe('the dashboard and the alerts', () => {
  const known = exported();
  const expressions = {
    'dashboard.json': [...read('dashboard.json').matchAll(/"expr": "(.*)"/g)].map(([, text]) => text ?? ''),
    'alerts.yaml': [read('alerts.yaml')],
  };

  for (const [file, texts] of Object.entries(expressions)) {
    it(`${file} uses metrics that exist`, () => {
      const names = new Set(texts.flatMap(used));
      assert.ok(names.size > 4, [...names].join(' '));
      assert.deepEqual(
        [...names].filter((name) => !known.has(name) && !foreign.test(name)),
        [],
      );
    });
  }
});
