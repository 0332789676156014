import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { OptionTable } from '#libs/config';
import { allOptionGroups } from './all-groups.js';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));

/** Declared because they change what other options permit, while their own value is read by name. */
const READ_OTHERWISE = new Set(['[config] unknown_options']);

function sources(): string {
  const files = ['apps', 'libs'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  return files
    .filter(
      (name) =>
        name.endsWith('.ts') &&
        !name.endsWith('.spec.ts') &&
        !/libs\/options\/src\/groups|libs\/\w+\/src\/options/.test(name),
    )
    .map((name) => readFileSync(join(root, name), 'utf8'))
    .join('\n');
}

describe('every declared option', () => {
  it('is read somewhere: what has no effect belongs to the known names that are "not used here"', () => {
    const words = new Set(sources().match(/\w+/g));
    const property = (name: string): string =>
      name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    const idle = new OptionTable(allOptionGroups).options
      .filter(({ name }) => !words.has(property(name)))
      .map(({ group, name }) => `[${group}] ${name}`);
    assert.deepEqual(
      idle.filter((option) => !READ_OTHERWISE.has(option)),
      [],
    );
  });
});
