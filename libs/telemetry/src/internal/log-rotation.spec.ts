import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { StartError } from '#libs/config';
import { setupLogging } from '../logging.js';
import { LogDestination } from './log-destination.js';
import { endOfInterval, isRotationDue, rotate } from './log-rotation.js';

const directory = mkdtempSync(join(tmpdir(), 'albireo-rotation-'));
after(() => rmSync(directory, { recursive: true }));

const at = (text: string): number => new Date(text).getTime();

describe('log_rotation_type = interval', () => {
  it('ends an interval as the handlers of Python do', () => {
    const wednesday = at('2026-11-25T10:20:30');
    const rows = [
      ['seconds', 5, '2026-11-25T10:20:35'],
      ['minutes', 2, '2026-11-25T10:22:30'],
      ['hours', 1, '2026-11-25T11:20:30'],
      ['days', 3, '2026-11-28T10:20:30'],
      ['midnight', 1, '2026-11-26T00:00:00'],
      // Monday, Wednesday itself, Sunday.
      ['weekday', 0, '2026-12-01T00:00:00'],
      ['weekday', 2, '2026-11-26T00:00:00'],
      ['weekday', 6, '2026-11-30T00:00:00'],
    ] as const;
    for (const [unit, count, end] of rows) {
      assert.equal(endOfInterval({ unit, count }, wednesday), at(end), `${unit} ${count}`);
    }
  });

  it('puts the file away under the time at which it began, and keeps the newest max_logfile_count', () => {
    const folder = join(directory, 'interval');
    mkdirSync(folder);
    const path = join(folder, 'a.log');
    const rotation = { by: 'interval', unit: 'midnight', count: 1, maxFiles: 2 } as const;
    writeFileSync(join(folder, 'a.log.notes'), 'not ours');
    for (const day of ['2026-11-20', '2026-11-21', '2026-11-22']) {
      writeFileSync(path, day);
      const file = { stats: { ino: statSync(path).ino, size: 10, birthtimeMs: 0 }, openedMs: at(`${day}T08:00:00`) };
      assert.equal(isRotationDue(rotation, file, 1, at(`${day}T23:59:59`)), false);
      rotate(path, rotation, file);
    }
    assert.deepEqual(readdirSync(folder).toSorted(), ['a.log.2026-11-21', 'a.log.2026-11-22', 'a.log.notes']);
  });
});

describe('log_rotation_type = size', () => {
  it('loses no line when several processes write to one file, and lets none grow above the size', async () => {
    const folder = join(directory, 'size');
    const path = join(folder, 'a.log');
    const rotation = { by: 'size', maxBytes: 1000, maxFiles: 100 } as const;
    const writers = [0, 1, 2].map(() => new LogDestination(path, { rotation }));
    for (let line = 0; line < 90; line += 1) {
      const writer = writers[line % 3];
      assert.ok(writer);
      writer.add(`line ${String(line).padStart(3, '0')} ${'x'.repeat(90)}\n`);
      await writer.flush();
    }
    for (const writer of writers) await writer.close();
    const files = readdirSync(folder);
    assert.equal(files.includes('a.log.rotating'), false);
    const texts = files.map((name) => readFileSync(join(folder, name), 'utf8'));
    for (const text of texts) assert.ok(text.length <= 1000);
    const numbers = texts.flatMap((text) => [...text.matchAll(/line (\d+)/g)].map(([, number]) => Number(number)));
    assert.deepEqual(
      numbers.toSorted((left, right) => left - right),
      Array.from({ length: 90 }, (_, index) => index),
    );
  });

  it('keeps max_logfile_count files and leaves links such as /dev/stderr alone', async () => {
    const folder = join(directory, 'count');
    const path = join(folder, 'a.log');
    const rotation = { by: 'size', maxBytes: 10, maxFiles: 2 } as const;
    const writer = new LogDestination(path, { rotation });
    for (const word of ['first', 'second', 'third', 'fourth']) {
      writer.add(`${word} line\n`);
      await writer.flush();
    }
    await writer.close();
    assert.deepEqual(
      readdirSync(folder)
        .toSorted()
        .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
      [
        ['a.log', 'fourth line\n'],
        ['a.log.1', 'third line\n'],
        ['a.log.2', 'second line\n'],
      ],
    );
    rotate('/dev/stderr', rotation, { stats: statSync('/dev/stderr'), openedMs: 0 });
    statSync('/dev/stderr');
  });
});

describe('a log file that logrotate moved away', () => {
  it('is opened anew with the next line, without a signal', async () => {
    const path = join(directory, 'moved.log');
    const writer = new LogDestination(path);
    writer.add('one\n');
    await writer.flush();
    renameSync(path, `${path}.1`);
    writer.add('two\n');
    await writer.close();
    assert.equal(readFileSync(path, 'utf8'), 'two\n');
  });

  it('is opened anew at once with watch_log_file', async () => {
    const folder = join(directory, 'watched');
    const path = join(folder, 'a.log');
    const writer = new LogDestination(path, { watch: true });
    const changes = watch(folder);
    renameSync(path, `${path}.1`);
    for await (const { filename } of changes) {
      if (filename === 'a.log' && statSync(path, { throwIfNoEntry: false }) !== undefined) break;
    }
    assert.equal(readFileSync(path, 'utf8'), '');
    await writer.close();
  });
});

describe('a log_dir that cannot be written', () => {
  it('is one line that names option, file and reason', () => {
    writeFileSync(join(directory, 'file'), '');
    const logDir = join(directory, 'file', 'log');
    assert.throws(
      () => setupLogging({ logDir }, { program: 'albireo-worker', version: '1' }),
      (error) =>
        error instanceof StartError &&
        error.message.startsWith(`[DEFAULT] log_dir: the log cannot be written to ${logDir}/albireo-worker.log: `) &&
        !error.message.includes('\n'),
    );
  });
});
