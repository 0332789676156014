import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

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
