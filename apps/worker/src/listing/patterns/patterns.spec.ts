import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { openMemoryStore } from '../../testing/memory-store.js';
import type { Store } from '../../store/index.js';
import { boundPatterns, compilePattern, likePattern } from './pattern-filter.js';
import { matchRows } from './match-rows.js';
import type { RowTest } from './pattern-filter.js';

const NAMES = [
  '',
  'web-1',
  'WEB-10',
  'my.web-1.example',
  'a%b_c\\d',
  'two\nlines',
  '10.0.0.5',
  '10x0y0z5',
  '{braces}',
  'straße',
  '$5',
  '^',
];

describe('patterns of a list', () => {
  let store: Store;
  before(async () => {
    store = await openMemoryStore();
  });
  after(() => store.close());

  const asked = async (operator: string, pattern: string): Promise<string[]> => {
    const result = await sql<{ name: string }>`
      select name from unnest(${NAMES}::text[]) as name where name ${sql.raw(operator)} ${pattern}`.execute(store.db);
    return result.rows.map(({ name }) => name);
  };

  it('are plain for the database where that says the same', () => {
    const plain: [string, string | null][] = [
      ['', '%%'],
      ['web', '%web%'],
      ['^web', 'web%'],
      ['web$', '%web'],
      ['^web-1$', 'web-1'],
      ['^.*web.*$', '%web%'],
      ['10.0.0.5', '%10_0_0_5%'],
      ['10\\.0', '%10.0%'],
      ['a%b_c', '%a\\%b\\_c%'],
      ['a\\\\', '%a\\\\%'],
      ['\\$$', '%$'],
      ['a\\$', '%a$%'],
      ['a.*b', null],
      ['a\\.*', null],
      ['[ab]', null],
      ['a|b', null],
      ['a?', null],
      ['\\d', null],
      ['straße', null],
      ['a\\', null],
    ];
    for (const [pattern, like] of plain) assert.equal(likePattern(pattern), like, pattern);
  });

  it('find what the database finds with them as regular expressions', async () => {
    const patterns = [
      '',
      'web',
      '^web',
      'WEB',
      '1$',
      '^web-1$',
      '.*',
      '^.*web.*$',
      '10.0.0.5',
      '10\\.0',
      '%',
      '_',
      'd$',
    ];
    const regular = [
      'web-[0-9]+$',
      '^(web|my)',
      'o.l',
      's{1}',
      'STRAßE',
      '\\\\',
      '^\\^$',
      '[[:digit:]]{2}',
      '^$',
      'x?y',
      '\\y\\d',
    ];
    for (const pattern of [...patterns, ...regular.slice(0, -1)]) {
      const expected = await asked('~*', pattern);
      const like = likePattern(pattern);
      if (like !== null) assert.deepEqual(await asked('ilike', like), expected, `${pattern} as LIKE`);
      const test = await compilePattern('name', pattern);
      assert.deepEqual(NAMES.filter(test), expected, `${pattern} by RE2`);
    }
  });

  it('are refused when they are no regular expressions of bounded cost', async () => {
    for (const pattern of ['(', '*a', '^(a*)\\1$', '(?=a)a', '(?!a)b', 'a**', '\\y', '[z-a]', 'a{2,1}', '(?P<a>']) {
      await assert.rejects(
        compilePattern('name', pattern),
        { name: 'InvalidFilter', message: /for filter name/ },
        pattern,
      );
    }
    const costly = [
      'a'.repeat(256),
      '(a{1,30}){1,40}',
      '((a{9}){9}){9}',
      'a{1000}',
      '(?:a?){999}',
      '(a|b)*a(a|b){200}',
    ];
    for (const pattern of costly)
      assert.throws(() => boundPatterns('name', [pattern]), { name: 'InvalidFilter' }, pattern);
    assert.throws(
      () =>
        boundPatterns(
          'ip',
          Array.from({ length: 17 }, () => 'a'),
        ),
      { name: 'InvalidFilter' },
    );
    assert.throws(
      () =>
        boundPatterns(
          'ip',
          Array.from({ length: 5 }, () => 'a'.repeat(250)),
        ),
      { name: 'InvalidFilter' },
    );
  });

  it('take what people ask for', () => {
    const common = [
      '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
      String.raw`^(?:[0-9]{1,3}\.){3}[0-9]{1,3}$`,
      String.raw`^tempest-.*-(server|instance)-[0-9]+$`,
    ];
    for (const pattern of common) boundPatterns('name', [pattern]);
  });

  const rowTest = (matches: (text: string) => boolean): RowTest => ({
    texts: sql`''`,
    compile: async () => (texts) => texts.some(matches),
  });
  const pagesOf = (pages: readonly (readonly string[])[]) => {
    const asks: (string | null)[] = [];
    const read = async (after: string | null) => {
      asks.push(after);
      return (pages[asks.length - 1] ?? []).map((id) => ({ id, texts: [[id], [id]] }));
    };
    return { asks, read };
  };

  it('are tried row by row until the page is full', async () => {
    const isEven = rowTest((id) => Number(id) % 2 === 0);
    const all = pagesOf([
      ['1', '2'],
      ['3', '4', '6', '8'],
    ]);
    assert.deepEqual(await matchRows([isEven], Infinity, 'p', all.read), ['2', '4', '6', '8']);
    assert.deepEqual(all.asks, [null, '2', '8']);
    const some = pagesOf([
      ['1', '2'],
      ['3', '4', '6', '8'],
    ]);
    assert.deepEqual(await matchRows([isEven, rowTest((id) => id !== '4')], 2, 'p', some.read), ['2', '6']);
  });

  it('give up with 400 when they have used their time, and let others run meanwhile', async () => {
    let turns = 0;
    const turn = (): void => {
      turns += 1;
      if (turns < 1_000_000) timer = setImmediate(turn);
    };
    let timer = setImmediate(turn);
    let rows = 0;
    const slow = rowTest(() => {
      rows += 1;
      const until = performance.now() + 5;
      while (performance.now() < until);
      return false;
    });
    const endless = async () => Array.from({ length: 1_000 }, (_, index) => ({ id: String(index), texts: [['x']] }));
    await assert.rejects(matchRows([slow], 1, 'p', endless), { name: 'InvalidFilter', message: /takes too long/ });
    clearImmediate(timer);
    // Each row takes 5 ms of a 10 ms slice.
    assert.ok(turns * 3 >= rows, `${turns} turns of others during ${rows} rows`);
  });
});
