import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('../../../bench/rpc/go/', import.meta.url));

/** The peer in Go, built for one run. */
export interface GoPeer {
  readonly program: string;
  readonly version: string;
  remove(): void;
}

/** Builds the peer; a text says why it cannot be had: no `go`, or its module is not to be had. */
export function buildGoPeer(): GoPeer | string {
  const { error, stdout } = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (error !== undefined) return 'there is no go on the PATH';
  const folder = mkdtempSync(join(tmpdir(), 'albireo-bench-go-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const program = join(folder, 'peer');
  const built = spawnSync('go', ['build', '-o', program, '.'], { cwd: SOURCES, encoding: 'utf8', timeout: 300_000 });
  if (built.status === 0) return { program, version: stdout.trim(), remove };
  remove();
  return `go build failed: ${built.error?.message ?? built.stderr.trim()}`;
}
