import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PlainOptions } from '../test/config-fixture.js';
import { loadConfiguration } from './load-configuration.js';
import { watchConfiguration } from './watch-configuration.js';

describe('watchConfiguration', () => {
  let directory = '';
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'albireo-watch-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const load = (argv: readonly string[]) =>
    loadConfiguration({ program: 't', version: '1', argv, env: {}, groups: [PlainOptions], searchPath: [] });

  /** Watches, makes the change, and waits for the notification. The change is repeated until the watch has begun. */
  async function changed(argv: readonly string[], change: (round: number) => void): Promise<number> {
    const config = load(argv);
    let stop = (): void => undefined;
    const told = new Promise<void>((resolve) => {
      stop = watchConfiguration(config, { onChange: resolve, quietMs: 10, pollMs: 20 });
    });
    let round = 0;
    change((round += 1));
    const again = setInterval(() => change((round += 1)), 200);
    await told;
    clearInterval(again);
    stop();
    stop();
    config.reload();
    return config.get(PlainOptions).count;
  }

  it('tells that a file was written anew or replaced', async () => {
    const file = join(directory, 'a.conf');
    writeFileSync(file, '[DEFAULT]\ncount = 1\n');
    assert.ok(
      (await changed(['--config-file', file], (round) => writeFileSync(file, `[DEFAULT]\ncount = 1${round}\n`))) > 10,
    );
    const replaced = await changed(['--config-file', file], (round) => {
      writeFileSync(`${file}.new`, `[DEFAULT]\ncount = 2${round}\n`);
      renameSync(`${file}.new`, file);
    });
    assert.ok(replaced > 20);
  });

  it("follows the swap of a ConfigMap's links", async () => {
    const mount = join(directory, 'mount');
    const version = (round: number, count: number): void => {
      mkdirSync(join(mount, `..v${round}`), { recursive: true });
      writeFileSync(join(mount, `..v${round}`, 'a.conf'), `[DEFAULT]\ncount = ${count}\n`);
      symlinkSync(`..v${round}`, join(mount, '..data_tmp'));
      renameSync(join(mount, '..data_tmp'), join(mount, '..data'));
    };
    version(0, 1);
    symlinkSync(join('..data', 'a.conf'), join(mount, 'a.conf'));
    assert.equal(await changed(['--config-dir', mount], (round) => version(round, 30)), 30);
    assert.equal(await changed(['--config-file', join(mount, 'a.conf')], (round) => version(100 + round, 40)), 40);
  });

  it('tells of a change behind a link into another directory', async () => {
    const [folder, file] = [join(directory, 'elsewhere'), join(directory, 'link.conf')];
    mkdirSync(folder);
    const target = join(folder, 'a.conf');
    writeFileSync(target, '[DEFAULT]\ncount = 1\n');
    symlinkSync(target, file);
    const count = await changed(['--config-file', file], () => writeFileSync(target, '[DEFAULT]\ncount = 50\n'));
    assert.equal(count, 50);
  });

  it('does not tell of other files, nor after its end', async () => {
    const file = join(directory, 'b.conf');
    writeFileSync(file, '[DEFAULT]\ncount = 1\n');
    let calls = 0;
    const stop = watchConfiguration(load(['--config-file', file]), { onChange: () => (calls += 1), quietMs: 1 });
    writeFileSync(join(directory, 'some.log'), 'a line');
    // A second watcher of the same directory reports when the event has arrived.
    await changed(['--config-file', join(directory, 'a.conf')], (round) =>
      writeFileSync(join(directory, 'a.conf'), `[DEFAULT]\ncount = 5${round}\n`),
    );
    assert.equal(calls, 0);
    stop();
    writeFileSync(file, '[DEFAULT]\ncount = 2\n');
    await changed(['--config-file', join(directory, 'a.conf')], (round) =>
      writeFileSync(join(directory, 'a.conf'), `[DEFAULT]\ncount = 6${round}\n`),
    );
    assert.equal(calls, 0);
  });
});
