import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { grammarPieces } from '../../../test/grammar-pieces.js';
import { Random } from '../../../test/random.js';
import { parseIni } from './ini-parser.js';

const seed = Number(process.env['ALBIREO_TEST_SEED'] ?? 1);

// Characters with a meaning for the parser are frequent; the rest is any character at all.
const pieces = [...grammarPieces, '\0', '\uFEFF'];

function anyText(random: Random): string {
  let text = '';
  for (let left = random.below(24); left > 0; left -= 1) {
    text += random.chance(0.7) ? random.pick(pieces) : String.fromCodePoint(random.below(0x3000));
  }
  return text;
}

const letters = 'abcdefghijklmnopqrstuvwxyz_';
const name = (random: Random): string =>
  Array.from({ length: 1 + random.below(12) }, () => letters[random.below(letters.length)]).join('');

describe('parseIni, with any input', () => {
  it(`never throws, and keeps every line in its place, for 100000 texts (seed ${seed})`, () => {
    const random = new Random(seed);
    for (let round = 0; round < 100_000; round += 1) {
      const text = anyText(random);
      const { settings, faults } = parseIni(text, 'f');
      const lines = text.split(/\r\n|\r|\n/).length;
      for (const { location, group, name: option } of settings) {
        assert.ok(location.kind === 'file' && location.line >= 1 && location.line <= lines);
        assert.ok(group !== '' && option !== '' && !option.includes('-'));
      }
      for (const fault of faults) assert.ok(fault.line >= 1 && fault.line <= lines && fault.message !== '');
    }
  });

  it(`reads any bytes of a file, for 5000 of them (seed ${seed})`, () => {
    const random = new Random(seed);
    for (let round = 0; round < 5_000; round += 1) {
      const bytes = Uint8Array.from({ length: random.below(64) }, () => random.below(256));
      parseIni(Buffer.from(bytes).toString('utf8'), 'f');
    }
  });

  it(`gives back what was written, for 5000 generated files (seed ${seed})`, () => {
    const random = new Random(seed);
    for (let round = 0; round < 5_000; round += 1) {
      const wanted: string[][] = [];
      let text = '';
      for (let left = random.below(8); left > 0; left -= 1) {
        const [group, option] = [name(random), name(random)];
        // A value of several lines, none of them blank or with space at its ends.
        const values = Array.from({ length: 1 + random.below(3) }, () => `${name(random)} =: ${name(random)}`);
        const quote = random.pick(['', '"', "'"]);
        if (quote === '') text += `[${group}]\n${option} ${random.pick(['=', ':'])} ${values.join('\n  ')}\n`;
        else text += `[${group}]\n${option}=${quote}${values[0] ?? ''}${quote}\n`;
        wanted.push([group, option, quote === '' ? values.join('\n') : (values[0] ?? '')]);
      }
      const { settings, faults } = parseIni(text, 'f');
      assert.deepEqual(faults, []);
      assert.deepEqual(
        settings.map((setting) => [setting.group, setting.name, setting.text]),
        wanted,
      );
    }
  });
});
