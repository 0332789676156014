import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CHART, helm, helmVersions, manifestsOf, missingKubeTools } from '#testing/helm';
import type { Manifest } from '#testing/helm';
import { schemaFaults } from '#testing/kube-schemas';

const skip = await missingKubeTools();
const valuesFiles = ['values.yaml', ...readdirSync(join(CHART, 'ci')).map((name) => join('ci', name))];
const render = async (version: 'helm3' | 'helm4', file: string): Promise<readonly Manifest[]> => {
  const { code, stdout, stderr } = await helm(version, 'template', 'cloud', CHART, '--values', join(CHART, file));
  assert.equal(code, 0, stderr);
  return manifestsOf(stdout);
};

describe('the chart renders', { skip }, () => {
  for (const version of helmVersions) {
    it(`${version} lint --strict finds nothing`, async () => {
      for (const file of valuesFiles) {
        const { code, stderr, stdout } = await helm(version, 'lint', '--strict', CHART, '--values', join(CHART, file));
        assert.equal(code, 0, `${file}: ${stdout}${stderr}`);
      }
    });
  }

  it('to objects that Kubernetes takes, the same with Helm 3 and 4', async () => {
    const all: Manifest[] = [];
    for (const file of valuesFiles) {
      const [three, four] = [await render('helm3', file), await render('helm4', file)];
      // Generated secrets differ from run to run.
      const comparable = (list: readonly Manifest[]): unknown[] => list.filter(({ kind }) => kind !== 'Secret');
      assert.deepEqual(comparable(three), comparable(four), file);
      all.push(...four);
    }
    assert.ok(all.length > 80, `found ${all.length} objects`);
    assert.deepEqual(await schemaFaults(all), []);
  });

  it('the check of manifests sees wrong fields, wrong values and removed kinds', async () => {
    const metadata = { name: 'x' };
    const faults = await schemaFaults([
      { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80, targetprot: 80 }] } },
      { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 'eighty' }] } },
      { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', metadata },
    ]);
    for (const expected of [/targetprot/, /ports\/0\/port.*integer/, /policy\/v1beta1.*no such kind/]) {
      assert.ok(
        faults.some((fault) => expected.test(fault)),
        `${String(expected)} in ${faults.join('\n')}`,
      );
    }
  });
});
