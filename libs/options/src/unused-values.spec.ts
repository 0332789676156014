import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { withSources } from '../../../libs/config/test/config-fixture.js';
import { allOptionGroups } from './groups/all-groups.js';
import { DatabaseOptions } from './groups/database.options.js';
import { OptionGroup, StrOpt, ConfigurationError, loadInspection, formatFault } from '#libs/config';
import { loadConfiguration, productSources } from './load-configuration.js';
import type { LoadInput } from '#libs/config';
import { findProgram } from './programs/programs.js';

const { checkConfiguration } = await loadInspection();

const nova = `[DEFAULT]
transport_url = rabbit://u:p@h/
compute_driver = libvirt.LibvirtDriver
[database]
connection = mysql+pymysql://nova:hidden@db/nova
max_pool_size = fifty
`;

function asProgram(name: string, text: string, body: (input: LoadInput) => void): void {
  const program = findProgram(name);
  assert.ok(program);
  const env = { OS_IDENTITY__SIGNING_KEYS: 'k'.repeat(40) };
  withSources({ files: { 'nova.conf': text }, env, groups: allOptionGroups }, (input) =>
    body({ ...input, ...program, program: name }),
  );
}

describe('a value that cannot work here', () => {
  it('as a MySQL database does not stop the gateway, which has no database', () => {
    asProgram('albireo-gateway', nova, (input) => {
      const config = loadConfiguration(input);
      assert.match(
        config.notices.join('\n'),
        /nova\.conf:5: \[database\] connection: mysql\+pymysql is no database .*; albireo-gateway does not use it/,
      );
      assert.doesNotMatch(config.notices.join('\n'), /hidden/);
    });
  });

  it('stops the programs that use it, and config check says so for each', () => {
    for (const name of ['albireo-worker', 'albireo-server']) {
      asProgram(name, nova, (input) => {
        assert.throws(() => loadConfiguration(input), ConfigurationError);
        const faults = checkConfiguration({ ...productSources, ...input })
          .faults.map(formatFault)
          .join('\n');
        assert.match(faults, /:3: \[DEFAULT\] compute_driver: .*found "libvirt\.LibvirtDriver"/);
        assert.match(faults, /:5: \[database\] connection: mysql\+pymysql is no database/);
        assert.match(faults, /:6: \[database\] max_pool_size: expected an integer/);
      });
    }
    asProgram('albireo-gateway', nova, (input) =>
      assert.deepEqual(checkConfiguration({ ...productSources, ...input }).faults, []),
    );
  });

  it('stops a worker neither, when it belongs to the HTTP APIs', () => {
    const text = '[DEFAULT]\ntransport_url = rabbit://u:p@h/\n[cors]\nmax_age = long\n';
    asProgram('albireo-worker', text, (input) => void loadConfiguration(input));
    asProgram('albireo-gateway', text, (input) =>
      assert.throws(() => loadConfiguration(input), /\[cors\] max_age: expected an integer/),
    );
  });

  it('is told to a command when it reads the option, with all the faults of the group', () => {
    asProgram('albireo-manage', nova, (input) => {
      const config = loadConfiguration(input);
      const database = config.get(DatabaseOptions);
      assert.equal(database.retryInterval, 10);
      assert.throws(
        () => database.connection,
        (error) =>
          error instanceof ConfigurationError &&
          error.faults.length === 2 &&
          /max_pool_size/.test(error.message) &&
          !error.message.includes('hidden'),
      );
    });
  });

  it('is told where an option that is used names it', () => {
    @OptionGroup('DEFAULT', { help: 'For this test.' })
    class NamingOptions {
      @StrOpt({ half: 'rpc', choices: ['a', 'b'], default: 'a', help: 'Of the other half.' })
      readonly other!: string;

      @StrOpt({ default: '$other/x', help: 'Used.' })
      readonly own!: string;
    }
    withSources({ files: { 'a.conf': '[DEFAULT]\nother = c\n' }, groups: [NamingOptions] }, (input) =>
      assert.throws(() => loadConfiguration({ ...input, halves: ['api'] }), /other: expected .*found "c"/),
    );
  });

  it('is no change of a reload', () => {
    asProgram('albireo-gateway', nova, (input) => {
      const config = loadConfiguration(input);
      const file = config.configFiles[0] ?? '';
      writeFileSync(file, nova.replace('fifty', '6').replace('[database]', 'debug = true\n[database]'));
      const { faults, changes, ignored } = config.reload();
      assert.deepEqual(faults, []);
      assert.deepEqual(
        [...changes, ...ignored].map(({ option }) => option.name),
        ['debug'],
      );
      assert.equal(config.get(DatabaseOptions).retryInterval, 10);
    });
  });
});
