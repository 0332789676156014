import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleFile } from '../documents/sample.js';
import { displayValue } from '../internal/masking.js';
import { OptionTable } from '../internal/option-table.js';
import { valueLines } from '../internal/types/multi-type.js';
import { loadConfiguration } from '../load-configuration.js';
import { withSources } from '../../test/config-fixture.js';
import { allOptionGroups } from './all-groups.js';

const table = new OptionTable(allOptionGroups);

describe('allOptionGroups', () => {
  it('declares defaults that their own types allow', () => {
    withSources({ groups: allOptionGroups }, (input) => {
      for (const { option, value } of loadConfiguration(input).entries()) {
        if (value === undefined) continue;
        const lines = valueLines(option.type, value);
        const parsed = lines.map((line) => option.type.parse(line));
        assert.deepEqual(option.type.multi === true ? parsed : parsed[0], value, `${option.group}.${option.name}`);
        assert.equal(option.check?.(value), undefined);
      }
    });
  });

  it('has a help text, a snake_case name and a place for each option', () => {
    for (const option of table.options) {
      assert.match(option.name, /^[a-z][a-z0-9_]*$/);
      assert.match(option.help, /^[A-Za-z].*[.]$/s, `${option.group}.${option.name}`);
    }
  });

  it('gives no secret a flag, since every user of the machine can list command lines', () => {
    assert.deepEqual(
      table.options.filter(({ secret, cli }) => secret === true && cli === true),
      [],
    );
  });

  it('writes a sample file whose lines give the defaults when they are taken in', () => {
    const computed = new Set(table.options.filter((option) => option.sampleDefault !== undefined));
    const lines = sampleFile(allOptionGroups)
      .split('\n')
      .map((line) => {
        const name = /^#([a-z]\w*) =./.exec(line)?.[1];
        if (name === undefined || [...computed].some((option) => option.name === name)) return line;
        return line.slice(1);
      });
    withSources({ groups: allOptionGroups }, (input) => {
      const defaults = loadConfiguration(input).entries();
      withSources({ groups: allOptionGroups, files: { 'all.conf': lines.join('\n') } }, (filled) => {
        const values = new Map(
          loadConfiguration(filled)
            .entries()
            .map(({ option, value }) => [option, value]),
        );
        for (const { option, value } of defaults) {
          assert.deepEqual(values.get(option), value, `${option.name}: ${displayValue(option, value)}`);
        }
      });
    });
  });
});
