import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findProgram } from '#libs/options';

const root = fileURLToPath(new URL('../..', import.meta.url));
const found = (file: string, pattern: RegExp): string | undefined =>
  pattern.exec(readFileSync(`${root}/${file}`, 'utf8'))?.[1];

describe('the version', () => {
  it('is the same in the package, the image and the chart', () => {
    const version = found('package.json', /"version": "(.+)"/);
    assert.equal(found('Dockerfile', /^ARG VERSION=(.+)$/m), version);
    assert.equal(found('deploy/helm/albireo/Chart.yaml', /^version: (.+)$/m), version);
    assert.equal(found('deploy/helm/albireo/Chart.yaml', /^appVersion: "(.+)"$/m), version);
  });
});

describe('the image', () => {
  it('listens where others reach it with each program that listens for one machine alone', () => {
    const file = readFileSync(`${root}/Dockerfile`, 'utf8');
    const defaults = Object.entries(findProgram('albireo-server')?.defaults ?? {});
    const addresses = defaults.flatMap(([group, options]) =>
      Object.entries(options)
        .filter(([, value]) => value === '127.0.0.1')
        .map(([option]) => `OS_${group}__${option}`.toUpperCase()),
    );
    assert.equal(addresses.length, 9);
    for (const variable of addresses) assert.ok(file.includes(` ${variable}=::`), variable);
  });
});
