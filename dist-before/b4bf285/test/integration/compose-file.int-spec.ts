import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { allOptionGroups, declarationOf } from '#libs/config';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Compose as docker's plugin, else Debian's program of its own. */
const composeCommands = [['docker', 'compose'], ['docker-compose']] as const;

function composeCommand(): readonly string[] | undefined {
  return composeCommands.find(([program, ...args]) => spawnSync(program, [...args, 'version']).status === 0);
}

function missingCompose(): string | false {
  if (composeCommand() !== undefined) return false;
  const reason = 'needs docker compose or docker-compose (no engine)';
  if (process.env['ALBIREO_REQUIRE_PEERS'] === '1') throw new Error(reason);
  return reason;
}

interface Service {
  readonly environment?: Readonly<Record<string, string>>;
  readonly read_only?: boolean;
  readonly healthcheck?: unknown;
}

describe('docker-compose.yml', () => {
  it('is valid', { skip: missingCompose() }, () => {
    const [program = '', ...args] = composeCommand() ?? [];
    const result = spawnSync(program, [...args, '-f', 'docker-compose.yml', 'config', '-q'], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.equal(result.status, 0, result.stderr);
  });

  it('sets only options that exist', () => {
    const file: unknown = parse(readFileSync(`${root}/docker-compose.yml`, 'utf8'), { merge: true });
    const { services } = file as { services: Record<string, Service> };
    const known = new Set(
      allOptionGroups
        .map((group) => declarationOf(group))
        .flatMap(({ group, options }) => options.map((option) => `OS_${group}__${option.name}`.toUpperCase())),
    );
    for (const [name, service] of Object.entries(services)) {
      for (const variable of Object.keys(service.environment ?? {})) {
        // OS_AUTH_URL and its like are a client's.
        if (/^OS_.+__/.test(variable)) assert.ok(known.has(variable), `${name}: ${variable}`);
      }
    }
    for (const name of ['gateway', 'worker']) {
      assert.equal(services[name]?.read_only, true, name);
      assert.ok(services[name]?.healthcheck !== undefined, name);
    }
  });
});
