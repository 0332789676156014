import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StatementNames } from './statement-names.js';

describe('StatementNames', () => {
  it('names a statement from its second time on', () => {
    const names = new StatementNames(true);
    assert.equal(names.nameOf('select $1'), undefined);
    const name = names.nameOf('select $1');
    assert.match(name ?? '', /^s_[0-9a-f]{32}$/);
    assert.equal(names.nameOf('select $1'), name);
  });

  it('gives a text the same name in every process, and another text another one', () => {
    const nameIn = (text: string): string | undefined => {
      const names = new StatementNames(true);
      names.nameOf(text);
      return names.nameOf(text);
    };
    assert.equal(nameIn('select $1'), nameIn('select $1'));
    assert.notEqual(nameIn('select $1'), nameIn('select $2'));
  });

  it('gives no more names than a connection can bear', () => {
    const names = new StatementNames(true);
    const given = new Set<string | undefined>();
    for (let text = 0; text < 400; text += 1) {
      for (let time = 0; time < 2; time += 1) given.add(names.nameOf(`select $1, ${text}`));
    }
    given.delete(undefined);
    assert.equal(given.size, 250);
  });

  it('has another name for a text whose plan is outdated, no longer than PostgreSQL keeps', () => {
    const names = new StatementNames(true);
    names.nameOf('select $1');
    const first = names.nameOf('select $1');
    names.forget('select $1');
    const second = names.nameOf('select $1') ?? '';
    assert.notEqual(second, first);
    assert.ok(second.length < 64);
  });

  it('gives none when it is off', () => {
    const names = new StatementNames(true);
    names.nameOf('select $1');
    names.switchOff();
    for (let time = 0; time < 3; time += 1) assert.equal(names.nameOf('select $1'), undefined);
  });
});
