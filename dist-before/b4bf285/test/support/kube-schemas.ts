import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Manifest } from './helm.js';
import { KUBE_TOOLS } from './helm.js';

const packages = ['kubernetes-models', '@kubernetes-models/keda', '@kubernetes-models/prometheus-operator'];
/** API versions that the package still knows and clusters no longer serve. */
const removed =
  /^(extensions\/|apps\/v1beta|autoscaling\/v2beta|policy\/v1beta1$|batch\/v1beta1$|(networking|rbac\.authorization)\.k8s\.io\/v1beta1$)/;
const tsc = fileURLToPath(new URL('../../../node_modules/.bin/tsc', import.meta.url));

interface Model {
  validate(): void;
}

const labelOf = (manifest: Manifest): string => `${manifest.apiVersion} ${manifest.kind} ${manifest.metadata.name}`;

function moduleOf(manifest: Manifest): string | undefined {
  if (removed.test(manifest.apiVersion)) return undefined;
  const path = `${manifest.apiVersion}/${manifest.kind}`;
  const owner = packages.find((name) => existsSync(join(KUBE_TOOLS, 'node_modules', name, `${path}.js`)));
  return owner === undefined ? undefined : `${owner}/${path}`;
}

async function checkValues(manifest: Manifest, specifier: string): Promise<readonly string[]> {
  const url = pathToFileURL(join(KUBE_TOOLS, 'node_modules', `${specifier}.js`)).href;
  const module: Record<string, (new (data: Manifest) => Model) | undefined> = await import(url);
  const Kind = module[manifest.kind];
  if (Kind === undefined) return [`${specifier} has no ${manifest.kind}`];
  try {
    new Kind(manifest).validate();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Fields that a kind does not have: the compiler sees them in an object literal of the kind's interface. */
function checkFields(known: readonly (readonly [Manifest, string])[]): readonly string[] {
  const folder = mkdtempSync(join(KUBE_TOOLS, 'check-'));
  try {
    for (const [index, [manifest, specifier]] of known.entries()) {
      const source = [
        `import type { I${manifest.kind} as Kind } from ${JSON.stringify(specifier)};`,
        `export const manifest: Kind = ${JSON.stringify(manifest, undefined, 1)};`,
      ];
      writeFileSync(join(folder, `m${index}.ts`), source.join('\n'));
    }
    const compilerOptions = {
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      types: [],
      module: 'esnext',
      moduleResolution: 'bundler',
      target: 'es2022',
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const { stdout, status } = spawnSync(tsc, ['-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
    const faults = stdout.split('\n').filter((line) => line.includes('error TS'));
    if (status !== 0 && faults.length === 0) return [`tsc ended with ${status}: ${stdout}`];
    return faults.map((line) => {
      const entry = known[Number(/m(\d+)\.ts/.exec(line)?.[1] ?? -1)];
      return `${entry === undefined ? '' : labelOf(entry[0])}: ${line.slice(line.indexOf('error TS'))}`;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is wrong with the manifests by Kubernetes' own schemas, and those of KEDA and the Prometheus operator. */
export async function schemaFaults(manifests: readonly Manifest[]): Promise<readonly string[]> {
  const faults: string[] = [];
  const known: (readonly [Manifest, string])[] = [];
  for (const manifest of manifests) {
    const specifier = moduleOf(manifest);
    if (specifier === undefined) {
      faults.push(`${labelOf(manifest)}: no such kind, or no longer`);
      continue;
    }
    known.push([manifest, specifier]);
    faults.push(...(await checkValues(manifest, specifier)).map((fault) => `${labelOf(manifest)}: ${fault}`));
  }
  return [...faults, ...checkFields(known)];
}
