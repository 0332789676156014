import { spawnSync } from 'node:child_process';

/** Debian's Python, which has Debian's OpenStack packages; another `python3` on the PATH may not. */
export const PYTHON = process.env['ALBIREO_TEST_PYTHON'] ?? '/usr/bin/python3';

/**
 * Why a test against a Python peer cannot run here, or false when it can: give it to node:test's `skip`.
 * With ALBIREO_REQUIRE_PEERS=1 a missing peer is an error in place of a skip.
 */
export function missingPythonModules(...modules: readonly string[]): string | false {
  const result = spawnSync(PYTHON, ['-c', modules.map((name) => `import ${name}`).join('\n')], { encoding: 'utf8' });
  if (result.status === 0) return false;
  const reason = `needs ${PYTHON} with ${modules.join(', ')}`;
  if (process.env['ALBIREO_REQUIRE_PEERS'] === '1') throw new Error(`${reason}: ${result.stderr ?? 'no such program'}`);
  return reason;
}
