import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fromTables, installed, lineByLine, templated } from '../test/deployments/forms.js';
import { allOptionGroups } from './groups/all-groups.js';
import { formatFault, loadInspection } from '#libs/config';
import { productSources } from './load-configuration.js';
import { findProgram } from './programs/programs.js';

const { checkConfiguration } = await loadInspection();

describe('a file as deployment tools write it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'albireo-deployments-'));
  after(() => rmSync(directory, { recursive: true }));

  const check = (text: string, program: 'albireo-server' | 'albireo-gateway' = 'albireo-server') => {
    const file = join(directory, 'tool.conf');
    writeFileSync(file, text);
    const { faults, notices } = checkConfiguration({
      ...productSources,
      ...findProgram(program),
      program,
      version: '1',
      argv: ['--config-file', file],
      env: { OS_IDENTITY__SIGNING_KEYS: 'k'.repeat(32) },
      groups: allOptionGroups,
      searchPath: [],
    });
    return { faults: faults.map(formatFault), notices: notices.join('\n') };
  };

  for (const { form, text } of [...templated, ...fromTables, ...lineByLine, ...installed]) {
    it(`loads: ${form}`, () => {
      const { faults, notices } = check(text);
      assert.deepEqual(faults, []);
      assert.doesNotMatch(notices, /hidden/);
    });

    it(`has no misspelt names let through: ${form}`, () => {
      // Every name with an additional letter is a fault.
      const misspelt = text.replaceAll(/^([A-Za-z]\w*)(?= ?=)/gm, '$1x');
      const names = misspelt.match(/^[A-Za-z]\w*x(?= ?=)/gm) ?? [];
      const { faults } = check(misspelt);
      assert.equal(faults.filter((fault) => fault.includes('unknown option')).length, names.length);
    });
  }

  it("another database's URL stops only the program that has a database", () => {
    const text = `${lineByLine[0]?.text}[database]\nconnection=mysql+pymysql://nova:hidden@db/nova\n`;
    const gateway = check(text, 'albireo-gateway');
    assert.deepEqual(gateway.faults, []);
    assert.match(gateway.notices, /mysql\+pymysql is no database of this product.*albireo-gateway does not use it/);
    assert.match(check(text).faults.join('\n'), /\[database\] connection: mysql\+pymysql is no database/);
  });
});
