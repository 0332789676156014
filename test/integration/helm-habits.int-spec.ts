// What operators know from other charts: each value is looked for in the objects that come of it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { manifests, missingKubeTools } from '#testing/helm';
import type { Manifest } from '#testing/helm';

const skip = await missingKubeTools();

type Row = Readonly<Record<string, unknown>>;

const sidecar = { name: 'side', image: 'example.org/side:1' };
const labelled = { spec: { nodeSelector: { disk: 'ssd' } } };
const SECRETS = { existingSecret: 'own', existingSecretKeys: { 'transport-url': 'uri' } };

/** Values, and what must then stand in which kinds of objects; a kind is left out where nothing of it need have it. */
const HABITS: readonly (readonly [what: string, values: Row, expected: Readonly<Record<string, readonly string[]>>])[] =
  [
    ['commonLabels', { commonLabels: { team: 'blue' } }, { Deployment: ['"team":"blue"'], Service: ['"team":"blue"'] }],
    [
      'extraObjects',
      { extraObjects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'further' } }] },
      { ConfigMap: ['"name":"further"'] },
    ],
    [
      'containers and volumes of their own',
      {
        gateway: { extraContainers: [sidecar], extraVolumes: [{ name: 'own', emptyDir: {} }] },
        worker: { extraInitContainers: [{ ...sidecar, name: 'first' }] },
      },
      { Deployment: ['"name":"side"', '"name":"own"', '"name":"first"'] },
    ],
    ['revisionHistoryLimit', { revisionHistoryLimit: 7 }, { Deployment: ['"revisionHistoryLimit":7'] }],
    [
      'pull secrets of broker and database too',
      { image: { pullSecrets: ['pull'] } },
      { StatefulSet: ['"name":"pull"'] },
    ],
    [
      'where broker and database run',
      { postgresql: { podTemplate: labelled }, rabbitmq: { podTemplate: labelled } },
      { StatefulSet: ['"disk":"ssd"'] },
    ],
    [
      'class and sources of a LoadBalancer',
      {
        gateway: {
          service: { type: 'LoadBalancer', loadBalancerClass: 'own', loadBalancerSourceRanges: ['192.0.2.0/24'] },
        },
      },
      { Service: ['"loadBalancerClass":"own"', '"192.0.2.0/24"'] },
    ],
    [
      'a route of the Gateway API',
      { httpRoute: { enabled: true, parentRefs: [{ name: 'edge' }], hosts: { identity: 'identity.example.org' } } },
      { HTTPRoute: ['"name":"edge"', '"identity.example.org"'] },
    ],
    ['egress policies', { networkPolicy: { egress: { enabled: true } } }, { NetworkPolicy: ['"Egress"'] }],
    [
      'names of the keys of an existing Secret',
      { secrets: SECRETS, rabbitmq: { enabled: false }, postgresql: { enabled: false } },
      { Deployment: ['"key":"uri"'] },
    ],
  ];

describe("the chart's values of other charts' habit", { skip }, () => {
  for (const [what, values, expected] of HABITS) {
    it(`takes ${what}`, async () => {
      const list: readonly Manifest[] = await manifests(values);
      for (const [kind, texts] of Object.entries(expected)) {
        const found = JSON.stringify(list.filter((manifest) => manifest.kind === kind));
        for (const text of texts) assert.ok(found.includes(text), `${text} in no ${kind}`);
      }
    });
  }
});
