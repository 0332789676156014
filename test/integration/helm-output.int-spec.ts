import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  ComputeOptions,
  IdentityOptions,
  ImageOptions,
  LauncherOptions,
  NeutronOptions,
  NotificationOptions,
  QemuOptions,
  QuotaOptions,
  ServiceOptions,
  allOptionGroups,
  loadConfiguration,
} from '#libs/options';
import type { Configuration } from '#libs/config';
import { manifests, missingKubeTools } from '#testing/helm';
import type { Manifest } from '#testing/helm';

const skip = await missingKubeTools();

interface Container {
  readonly name: string;
  readonly command?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly lifecycle?: object;
  readonly resources: { readonly requests: object; readonly limits: object };
  readonly securityContext: object;
}
interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly securityContext: { readonly runAsNonRoot: boolean; readonly seccompProfile: { readonly type: string } };
  readonly terminationGracePeriodSeconds: number;
  readonly automountServiceAccountToken: boolean;
  readonly [field: string]: unknown;
}
interface Workload extends Manifest {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels: object };
    readonly strategy?: { readonly rollingUpdate: object };
    readonly template: { readonly metadata: { readonly annotations: Record<string, string> }; readonly spec: PodSpec };
  };
}

function find(list: readonly Manifest[], kind: string, name: string): Manifest {
  const found = list.find((manifest) => manifest.kind === kind && manifest.metadata.name === `cloud-albireo${name}`);
  assert.ok(found, `no ${kind} cloud-albireo${name}`);
  return found;
}

const deployment = (list: readonly Manifest[], name: string): Workload => find(list, 'Deployment', name) as Workload;
const has = (list: readonly Manifest[], kind: string): boolean => list.some((manifest) => manifest.kind === kind);
const dataOf = (manifest: Manifest): Record<string, string> => manifest['data'] as Record<string, string>;
const checksum = (list: readonly Manifest[], name: string): string =>
  deployment(list, name).spec.template.metadata.annotations['checksum/config'] ?? '';

/** What the programs make of the files that the chart renders. */
function load(list: readonly Manifest[], env: Readonly<Record<string, string>> = {}): Configuration {
  const folder = mkdtempSync(join(tmpdir(), 'albireo-chart-'));
  try {
    const file = join(folder, 'albireo.conf');
    writeFileSync(file, dataOf(find(list, 'ConfigMap', ''))['albireo.conf'] ?? '');
    const secrets = join(folder, 'albireo.conf.d');
    mkdirSync(secrets);
    for (const { kind, stringData } of list as readonly (Manifest & { stringData?: Record<string, string> })[]) {
      if (kind !== 'Secret' || stringData === undefined) continue;
      for (const [name, text] of Object.entries(stringData)) writeFileSync(join(secrets, name), text);
    }
    return loadConfiguration({
      program: 'albireo-worker',
      version: '0',
      argv: ['--config-file', file, '--config-dir', secrets],
      env,
      groups: allOptionGroups,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('what the chart makes', { skip }, () => {
  it('fits the restricted Pod Security standard in every pod', async () => {
    const list = await manifests({ secrets: { adminPassword: 'given' } });
    const pods = list.flatMap((manifest): PodSpec[] => {
      if (manifest.kind === 'Pod') return [manifest['spec'] as PodSpec];
      return /^(Deployment|StatefulSet|Job)$/.test(manifest.kind) ? [(manifest as Workload).spec.template.spec] : [];
    });
    assert.equal(pods.length, 6);
    for (const pod of pods) {
      assert.equal(pod.securityContext.runAsNonRoot, true);
      assert.equal(pod.securityContext.seccompProfile.type, 'RuntimeDefault');
      assert.equal(pod.automountServiceAccountToken, false);
      for (const forbidden of ['hostNetwork', 'hostPID', 'hostIPC']) assert.equal(pod[forbidden], undefined);
      for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
        assert.deepEqual(container.securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        assert.ok('memory' in container.resources.limits && 'cpu' in container.resources.requests, container.name);
        assert.equal(container.lifecycle, undefined);
      }
    }
  });

  it('brings a password that is given, and only such a one, to the cloud after an upgrade', async () => {
    assert.ok(!has(await manifests(), 'Job'));
    const worker = { podTemplate: { spec: { nodeSelector: { pool: 'control' } } } };
    const given = { secrets: { adminPassword: 'given' }, networkPolicy: { enabled: true }, worker };
    const existing = { secrets: { existingSecret: 'mine', existingSecretKeys: { 'admin-password': 'root' } } };
    for (const [values, secret, key] of [
      [given, 'cloud-albireo', 'admin-password'],
      [existing, 'mine', 'root'],
    ] as const) {
      const list = await manifests(values);
      const job = find(list, 'Job', '-bootstrap') as Workload;
      const { containers, ...spec } = job.spec.template.spec;
      assert.deepEqual(containers[0]?.command, ['albireo-manage', 'bootstrap', '--wait']);
      const variable = containers[0]?.env.find(({ name }) => name === 'OS_IDENTITY__ADMIN_PASSWORD');
      assert.deepEqual(variable?.valueFrom, { secretKeyRef: { name: secret, key } });
      assert.deepEqual(spec['nodeSelector'], values === given ? { pool: 'control' } : undefined);
    }
    const policies = JSON.stringify(find(await manifests(given), 'NetworkPolicy', '-postgresql'));
    assert.match(policies, /"app.kubernetes.io\/component":"bootstrap"/);
  });

  it('leaves the number of pods alone, unless told', async () => {
    for (const [values, expected] of [
      [{}, undefined],
      [{ worker: { replicas: 3 } }, 3],
      [{ worker: { replicas: 0 } }, 0],
      [{ worker: { replicas: 3, autoscaling: { enabled: true } } }, undefined],
    ] as const) {
      assert.equal(deployment(await manifests(values), '-worker').spec.replicas, expected);
    }
  });

  it('gives pods the time that draining takes, and rolls without a gap', async () => {
    const values = { config: { DEFAULT: { drain_delay: 7.5, graceful_shutdown_timeout: 30 } } };
    for (const [list, seconds] of [
      [await manifests(), 85],
      [await manifests(values), 48],
      [await manifests({ terminationGracePeriodSeconds: 300 }), 300],
    ] as const) {
      for (const name of ['-gateway', '-worker']) {
        const { spec } = deployment(list, name);
        assert.equal(spec.template.spec.terminationGracePeriodSeconds, seconds);
        assert.deepEqual(spec.strategy?.rollingUpdate, { maxSurge: 1, maxUnavailable: 0 });
      }
    }
  });

  it('keeps the database from the gateway', async () => {
    const list = await manifests();
    const names = (name: string): string[] =>
      deployment(list, name).spec.template.spec.containers.flatMap(({ env }) => env.map((variable) => variable.name));
    assert.deepEqual(names('-gateway').toSorted(), [
      'OS_DEFAULT__TRANSPORT_URL',
      'OS_HEALTH__PORT',
      'OS_IDENTITY__SIGNING_KEYS',
    ]);
    assert.ok(names('-worker').includes('OS_DATABASE__CONNECTION'));
    const policy = find(list, 'NetworkPolicy', '-postgresql')['spec'] as { ingress: { from: object[] }[] };
    assert.deepEqual(
      policy.ingress.flatMap(({ from }) => from),
      [
        {
          podSelector: {
            matchLabels: deployment(list, '-worker').spec.selector.matchLabels,
          },
        },
      ],
    );
  });

  it('migrates before every worker', async () => {
    const { initContainers } = deployment(await manifests(), '-worker').spec.template.spec;
    assert.deepEqual(
      initContainers?.map(({ command }) => command),
      [['albireo-manage', 'db', 'sync', '--wait']],
    );
  });

  it('writes an albireo.conf that the programs read as it was meant', async () => {
    const config = load(
      await manifests({
        config: {
          DEFAULT: { enabled_apis: ['identity', 'image'], drain_delay: 2.5 },
          image: {
            images: [
              { name: 'tiny', min_disk: '1' },
              { name: 'large', size: '1000000' },
            ],
          },
          oslo_messaging_notifications: { driver: ['messagingv2', 'log'] },
          quota: { ram: 1000000, instances: -1 },
          identity: { region: '' },
        },
        secretConfig: { neutron: { metadata_proxy_shared_secret: 'hush' } },
        worker: { workersPerPod: 2 },
      }),
    );
    assert.equal(config.get(ServiceOptions).host, 'cloud-compute');
    assert.deepEqual(config.get(ServiceOptions).enabledApis, ['identity', 'image']);
    assert.equal(config.get(LauncherOptions).drainDelay, 2.5);
    assert.deepEqual(config.get(ImageOptions).images, [
      { name: 'tiny', min_disk: '1' },
      { name: 'large', size: '1000000' },
    ]);
    assert.deepEqual(config.get(NotificationOptions).driver, ['messagingv2', 'log']);
    assert.equal(config.get(QuotaOptions).ram, 1_000_000);
    assert.equal(config.get(QuotaOptions).instances, -1);
    assert.equal(config.get(IdentityOptions).region, '');
    assert.equal(config.get(NeutronOptions).metadataProxySharedSecret, 'hush');
  });

  it('restarts pods for what they cannot take over, and for nothing else', async () => {
    const base = await manifests();
    for (const [values, gateway, worker] of [
      [{ config: { DEFAULT: { debug: true } } }, false, false],
      [{ config: { api: { max_limit: 500 } } }, false, false],
      [{ config: { DEFAULT: { control_exchange: 'other' } } }, true, true],
      [{ secrets: { adminPassword: 'another' } }, true, true],
      [{ gateway: { workersPerPod: 2 } }, true, false],
      [{ worker: { workersPerPod: 2 } }, false, true],
      [{ gateway: { replicas: 2 } }, false, false],
    ] as const) {
      const list = await manifests(values);
      const changed = (name: string): boolean => checksum(list, name) !== checksum(base, name);
      assert.deepEqual([changed('-gateway'), changed('-worker')], [gateway, worker], JSON.stringify(values));
    }
  });

  it('keeps its Secret, and makes none when there is one', async () => {
    const list = await manifests();
    const secret = find(list, 'Secret', '');
    assert.equal(
      (secret.metadata as { annotations?: Record<string, string> }).annotations?.['helm.sh/resource-policy'],
      'keep',
    );
    const decoded = Object.fromEntries(
      Object.entries(dataOf(secret)).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    );
    assert.match(decoded['transport-url'] ?? '', /^rabbit:\/\/albireo:\w{24}@cloud-albireo-rabbitmq:5672\/$/);
    assert.match(
      decoded['database-connection'] ?? '',
      /^postgresql:\/\/albireo:\w{24}@cloud-albireo-postgresql:5432\/albireo$/,
    );
    assert.ok((decoded['signing-keys'] ?? '').length >= 32);
    const external = {
      rabbitmq: { enabled: false },
      postgresql: { enabled: false },
      secrets: { existingSecret: 'mine' },
    };
    const own = await manifests(external);
    assert.equal(has(own, 'Secret') || has(own, 'StatefulSet'), false);
    const { env = [] } = deployment(own, '-worker').spec.template.spec.containers[0] ?? {};
    assert.deepEqual(env.find((variable) => variable.name === 'OS_DATABASE__CONNECTION')?.valueFrom, {
      secretKeyRef: { name: 'mine', key: 'database-connection' },
    });
  });

  it('never publishes the Metadata API, and lets nobody reach it who is not named', async () => {
    type Ports = { port: string; name?: string }[];
    type Rule = { from?: object[]; ports: Ports };
    const hosts = { identity: 'identity.example.org', compute: 'compute.example.org' };
    for (const type of ['ClusterIP', 'NodePort', 'LoadBalancer']) {
      const list = await manifests({ gateway: { service: { type } }, ingress: { enabled: true, hosts } });
      const service = (name: string) => find(list, 'Service', name)['spec'] as { type: string; ports: Ports };
      assert.equal(service('-gateway').type, type);
      assert.ok(service('-gateway').ports.every(({ name }) => name !== 'metadata'));
      assert.equal(service('-metadata').type, 'ClusterIP');
      assert.ok(!JSON.stringify(list.filter(({ kind }) => kind === 'Ingress')).includes('metadata"}'));
    }
    const rules = async (networkPolicy: object): Promise<Rule[]> =>
      (find(await manifests({ networkPolicy }), 'NetworkPolicy', '-gateway')['spec'] as { ingress: Rule[] }).ingress;
    const toMetadata = (list: readonly Rule[]) =>
      list.filter((rule) => rule.ports.some(({ port }) => port === 'metadata'));
    assert.deepEqual(toMetadata(await rules({})), []);
    const proxies = { podSelector: { matchLabels: { app: 'metadata-proxy' } } };
    assert.deepEqual(toMetadata(await rules({ metadataFrom: [proxies] })), [
      { from: [proxies], ports: [{ port: 'metadata', protocol: 'TCP' }] },
    ]);
    await assert.rejects(manifests({ ingress: { enabled: true, hosts: { metadata: 'metadata.example.org' } } }));
  });

  it('has a budget for disruptions from two pods on', async () => {
    const budgets = async (values: object): Promise<string[]> =>
      (await manifests(values))
        .filter(({ kind }) => kind === 'PodDisruptionBudget')
        .map(({ metadata }) => metadata.name);
    assert.equal((await budgets({})).length, 2);
    assert.deepEqual(await budgets({ gateway: { replicas: 2 }, worker: { replicas: 1 } }), ['cloud-albireo-gateway']);
    assert.deepEqual(await budgets({ podDisruptionBudget: { enabled: false } }), []);
  });

  it('scales on what waits for the workers and what they work on', async () => {
    const list = await manifests({
      worker: { autoscaling: { enabled: true } },
      config: { DEFAULT: { control_exchange: 'my.cloud', enabled_topics: ['conductor', 'compute'] } },
    });
    const { triggers } = find(list, 'ScaledObject', '-worker')['spec'] as {
      triggers: { metadata: Record<string, string> }[];
    };
    const queues = new RegExp(triggers[0]?.metadata['queueName'] ?? '');
    for (const queue of ['my.cloud.conductor', 'my.cloud.compute.cloud-compute']) assert.match(queue, queues);
    for (const queue of ['myxcloud.conductor', 'my.cloud.network', 'my.cloud.compute.parked', 'my.cloud.reply_1']) {
      assert.doesNotMatch(queue, queues);
    }
  });

  it('runs guests on labelled nodes alone, and only when told', async () => {
    assert.ok(!has(await manifests(), 'DaemonSet'));
    const list = await manifests({ compute: { enabled: true, nodeSelector: { disk: 'fast' } } });
    const { updateStrategy, template } = find(list, 'DaemonSet', '-compute')['spec'] as Workload['spec'] & {
      updateStrategy: object;
    };
    // A guest ends with its pod, so no upgrade of the release may end one.
    assert.deepEqual(updateStrategy, { type: 'OnDelete' });
    assert.deepEqual(template.spec['nodeSelector'], { disk: 'fast' });
    const [container] = template.spec.containers;
    assert.deepEqual(container?.securityContext, { privileged: true, readOnlyRootFilesystem: true });
    const host = container.env.find(({ name }) => name === 'OS_DEFAULT__HOST');
    assert.deepEqual(host?.valueFrom, { fieldRef: { fieldPath: 'spec.nodeName' } });
    const env = Object.fromEntries(
      container.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
    );
    const config = load(list, env);
    assert.equal(config.get(ComputeOptions).computeDriver, 'qemu');
    assert.equal(config.get(QemuOptions).network, 'host');
    const reached = find(list, 'NetworkPolicy', '-gateway')['spec'] as { ingress: readonly unknown[] };
    assert.match(JSON.stringify(reached.ingress.at(-1)), /"compute".*"metadata"/);
  });

  it('tells clients addresses that they can reach', async () => {
    const list = await manifests({
      ingress: { enabled: true, hosts: { identity: 'id.example.org', compute: 'nova.example.org' }, tlsSecret: 'tls' },
    });
    const text = dataOf(find(list, 'ConfigMap', ''))['albireo.conf'] ?? '';
    assert.match(text, /^compute_public_url = https:\/\/nova\.example\.org\/v2\.1$/m);
    assert.match(text, /^identity_internal_url = http:\/\/cloud-albireo-gateway\.stars\.svc:5000\/v3$/m);
    assert.doesNotMatch(text, /image_public_url/);
    assert.match(text, /^enable_proxy_headers_parsing = true$/m);
  });
});
