import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PlainOptions, TypedOptions } from '../../test/config-fixture.js';
import { referencePage } from './reference.js';
import { sampleFile } from './sample.js';
import { configurationSchema } from './schema.js';

const groups = [TypedOptions, PlainOptions];

describe('documents made from the declarations', () => {
  it('the sample file names help, bounds, notes and the default of each option', () => {
    const text = sampleFile(groups);
    assert.ok(text.indexOf('[DEFAULT]') < text.indexOf('[typed]'));
    assert.match(
      text,
      /\n# A number\.\n# Allowed: an integer\.\n# Can be changed while the program runs\.\n# Old name: \[DEFAULT\] old_count\.\n#count = 7\n/,
    );
    assert.match(text, /\n# Secret: shown as \*{4} everywhere\.\n#password =\n/);
  });

  it('the reference page tells how else each option is set', () => {
    const text = referencePage(groups);
    assert.match(text, /#### `count`\n\nA number\.\n\n- Type: integer; allowed: an integer\n- Default: `7`\n/);
    assert.match(text, /- Environment: `OS_DEFAULT__COUNT`; command line: `--count`\n/);
  });

  it('sample and reference tell the defaults of single programs, the schema leaves such a default out', () => {
    const programs = [
      { name: 'p', summary: 'A program.', defaults: { DEFAULT: { count: 9 } }, required: ['DEFAULT.password'] },
      { name: 'q', summary: 'Another.', defaults: { DEFAULT: { count: 9 } }, required: [] },
    ];
    assert.match(sampleFile(groups, programs), /\n# Default of p, q: 9\.\n#count = 7\n/);
    assert.match(sampleFile(groups, programs), /\n# Required by p\.\n#password =\n/);
    assert.match(
      referencePage(groups, programs),
      /\| `p` \| A program\. \| `DEFAULT\.count` \| `DEFAULT\.password` \|/,
    );
    const schema = JSON.parse(JSON.stringify(configurationSchema(groups, programs)));
    assert.equal('default' in schema.properties.DEFAULT.properties.count, false);
  });

  it('the schema refuses what is not declared and keeps bounds', () => {
    const schema = JSON.parse(JSON.stringify(configurationSchema(groups)));
    assert.equal(schema.additionalProperties, false);
    assert.deepEqual(Object.keys(schema.properties), ['DEFAULT', 'typed']);
    assert.equal(schema.properties.typed.additionalProperties, false);
    assert.deepEqual(schema.properties.DEFAULT.properties.workers.anyOf[0], {
      type: 'integer',
      minimum: 1,
      maximum: 100,
    });
    assert.deepEqual(schema.properties.DEFAULT.properties.colour.anyOf[0].enum, ['red', 'green']);
    assert.equal(schema.properties.DEFAULT.properties.password.writeOnly, true);
    assert.equal(Object.keys(schema.properties.typed.properties).length, 11);
  });
});
