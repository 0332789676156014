import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readJson = (file: string): unknown => JSON.parse(readFileSync(`${root}/${file}`, 'utf8'));

interface LockedPackage {
  readonly engines?: { readonly node?: string };
  readonly hasInstallScript?: boolean;
  readonly optional?: boolean;
}

const { packages } = readJson('package-lock.json') as { packages: Readonly<Record<string, LockedPackage>> };
const own = readJson('package.json') as { engines: { node: string }; allowScripts?: Readonly<Record<string, boolean>> };

type Version = readonly [major: number, minor: number, patch: number];

function versionOf(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = text.split('.').map((part) => Number(part) || 0);
  return [major, minor, patch];
}

const isAtLeast = (left: Version, right: Version): boolean =>
  left[0] !== right[0] ? left[0] > right[0] : left[1] !== right[1] ? left[1] > right[1] : left[2] >= right[2];

/** Of npm's ranges those that packages have: alternatives of `>=1.2`, `>1`, `^1.2`, `~1.2`, `1.x`, `<2`, `*`. */
function satisfies(range: string, version: Version): boolean {
  return range.split('||').some((alternative) =>
    [...alternative.matchAll(/(>=|<=|>|<|\^|~|=)?\s*v?([\d.x*]+)/g)].every(([, operator = '', text = '']) => {
      const bound = versionOf(text);
      if (text === '*' || text === 'x') return true;
      if (operator === '>=' || operator === '>') return isAtLeast(version, bound);
      if (operator === '<' || operator === '<=') return !isAtLeast(version, bound);
      return version[0] === bound[0] && isAtLeast(version, bound);
    }),
  );
}

describe('npm ci', () => {
  it('says nothing about the oldest Node that we promise: every package runs on it', () => {
    const oldest = versionOf(own.engines.node.replace('>=', ''));
    assert.deepEqual([satisfies('^20.19.0 || >=22', oldest), satisfies('>=22', oldest)], [true, false]);
    const unfit = Object.entries(packages)
      .filter(([, { engines }]) => engines?.node !== undefined && !satisfies(engines.node, oldest))
      .map(([name, { engines }]) => `${name} wants ${engines?.node}`);
    assert.deepEqual(unfit, []);
  });

  it('says nothing about install scripts: each is allowed or denied', () => {
    const decided = own.allowScripts ?? {};
    const open = Object.entries(packages)
      .filter(([name, { hasInstallScript }]) => hasInstallScript === true && name !== '')
      .map(([name]) => name.replace(/^.*node_modules\//, ''))
      .filter((name) => !(name in decided));
    assert.deepEqual([...new Set(open)], []);
  });
});
