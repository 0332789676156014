import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CloudClient } from '#testing/cloud-client';
import { CloudCommand } from '#testing/cloud-command';

const run = promisify(execFile);
const PROVIDER = 'github.com/terraform-provider-openstack/terraform-provider-openstack/v3@v3.4.0';
/** The provider's program, or `build`: made with go, which takes minutes. */
const provider = process.env['ALBIREO_TEST_TERRAFORM_PROVIDER'];
/** No peer that CI must have: the provider takes minutes to build, and terraform is in no registry. */
const missing = whatIsMissing();

const documentation = fileURLToPath(new URL('../../../docs/ci.md', import.meta.url));

interface Server {
  readonly id: string;
  readonly name: string;
  readonly flavor: { readonly id: string };
}

/** Exit codes of `plan -detailed-exitcode`. */
const NO_CHANGES = 0;
const CHANGES = 2;

describe("Terraform's OpenStack provider, with the configuration of docs/ci.md", { skip: missing }, () => {
  const albireo = new CloudCommand();
  const folder = join(albireo.folder, 'terraform');
  let env: Record<string, string>;
  let cloud: CloudClient;

  before(async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'main.tf'), exampleOf(readFileSync(documentation, 'utf8')));
    writeFileSync(join(folder, 'little.img'), Buffer.alloc(65_536));
    const programs = await providerFolder(join(albireo.folder, 'provider'));
    const overrides = `dev_overrides { "terraform-provider-openstack/openstack" = "${programs}" }`;
    const settings = join(folder, 'settings.tfrc');
    writeFileSync(settings, `provider_installation {\n  ${overrides}\n  direct {}\n}\n`);
    const start = ['start', '--detach', '--ephemeral', '--port-base', '0', '--seed', 'devstack'];
    await albireo.succeed(start, { OS_FAKE__HOSTS: '2' });
    const variables = await albireo.variables('default');
    cloud = await new CloudClient(variables).logIn();
    const own = { TF_CLI_CONFIG_FILE: settings, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' };
    env = { PATH: process.env['PATH'] ?? '', HOME: albireo.folder, ...variables, ...own };
  });
  after(() => albireo.close());

  const terraform = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run('terraform', [...args, '-no-color'], { cwd: folder, env, timeout: 120_000 });
    return stdout;
  };
  const plan = (...args: readonly string[]): Promise<number> =>
    terraform('plan', '-detailed-exitcode', '-input=false', ...args).then(
      () => NO_CHANGES,
      (error: { code: number }) => error.code,
    );
  const apply = (...args: readonly string[]): Promise<string> =>
    terraform('apply', '-auto-approve', '-input=false', ...args);
  const servers = async (): Promise<readonly Server[]> => {
    const { body } = await cloud.api('compute', 'GET', '/servers/detail');
    return (body as { servers: Server[] }).servers;
  };
  const sorted = (found: readonly Server[], key: 'id' | 'name'): readonly string[] =>
    found.map((server) => server[key]).toSorted((a, b) => a.localeCompare(b));

  it(
    'applies it, sees nothing to do then, changes names, flavor and rules, and destroys it',
    { timeout: 400_000 },
    async () => {
      assert.match(await apply(), /Apply complete! Resources: 16 added, 0 changed, 0 destroyed/);
      assert.equal(await plan(), NO_CHANGES);
      const made = await servers();
      assert.deepEqual(sorted(made, 'name'), ['web-back', 'web-front']);

      const changes = ['-var=flavor=m1.small', '-var=prefix=shop', '-var=open_ports=[22,443]'];
      assert.equal(await plan(...changes), CHANGES);
      assert.match(await apply(...changes), /Apply complete! Resources: 1 added, 6 changed, 1 destroyed/);
      assert.equal(await plan(...changes), NO_CHANGES);
      const changed = await servers();
      assert.deepEqual(sorted(changed, 'name'), ['shop-back', 'shop-front']);
      assert.deepEqual(sorted(changed, 'id'), sorted(made, 'id'));
      assert.ok(changed.every(({ flavor }) => flavor.id === '2'));

      assert.match(await terraform('destroy', '-auto-approve', '-input=false', ...changes), /Resources: 16 destroyed/);
      assert.deepEqual(await servers(), []);
    },
  );
});

function whatIsMissing(): string | false {
  if (provider === undefined)
    return 'needs terraform-provider-openstack: ALBIREO_TEST_TERRAFORM_PROVIDER=FILE, or =build';
  const programs = provider === 'build' ? (['terraform', 'go'] as const) : (['terraform'] as const);
  const absent = programs.find((program) => spawnSync(program, ['version']).status !== 0);
  return absent === undefined ? false : `needs ${absent} on the PATH`;
}

/** The folder of the provider's program, which has the name that Terraform looks for. */
async function providerFolder(built: string): Promise<string> {
  if (provider !== undefined && provider !== 'build') return dirname(provider);
  const { stdout } = await run('go', ['env', 'GOMODCACHE', 'GOCACHE']);
  const [modules = '', cache = ''] = stdout.split('\n');
  const env = { ...process.env, GOBIN: built, GOMODCACHE: modules, GOCACHE: cache, GOFLAGS: '-buildvcs=false' };
  await run('go', ['install', PROVIDER], { env, timeout: 1_200_000 });
  return built;
}

/** The first block of HCL in a text of Markdown. */
function exampleOf(markdown: string): string {
  const [, block] = /^```hcl\n(.*?)^```$/ms.exec(markdown) ?? [];
  assert.ok(block !== undefined, 'docs/ci.md has no example for Terraform');
  return block;
}
