import { closeSync, lstatSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { formatDate } from './json-format.js';

export type IntervalUnit = 'seconds' | 'minutes' | 'hours' | 'days' | 'weekday' | 'midnight';

interface SizeRotation {
  readonly by: 'size';
  readonly maxBytes: number;
  /** Rotated files: `.1`, the newest, to `.<maxFiles>`. 0: the file is not rotated. */
  readonly maxFiles: number;
}

interface IntervalRotation {
  readonly by: 'interval';
  readonly unit: IntervalUnit;
  /** The number of units; for `weekday` the day that ends, 0 for Monday; for `midnight` without meaning. */
  readonly count: number;
  /** How many of the newest files are kept, each with its start time in its name; 0 for all. */
  readonly maxFiles: number;
}

/** When a log file is rotated, and how: Python's rotating handlers, as oslo.log sets them up. */
export type LogRotation = SizeRotation | IntervalRotation;

const dayMs = 86_400_000;
const unitMs = { seconds: 1000, minutes: 60_000, hours: 3_600_000, days: dayMs } as const;
const suffixes: Readonly<Record<IntervalUnit, string>> = {
  seconds: '%Y-%m-%d_%H-%M-%S',
  minutes: '%Y-%m-%d_%H-%M',
  hours: '%Y-%m-%d_%H',
  days: '%Y-%m-%d',
  weekday: '%Y-%m-%d',
  midnight: '%Y-%m-%d',
};

/** When a file that was begun at `beganMs` is rotated; days and weekdays are in local time. */
export function endOfInterval({ unit, count }: Pick<IntervalRotation, 'unit' | 'count'>, beganMs: number): number {
  if (unit !== 'midnight' && unit !== 'weekday') return beganMs + unitMs[unit] * Math.max(1, count);
  const midnight = new Date(beganMs);
  midnight.setHours(24, 0, 0, 0);
  if (unit === 'weekday') {
    // Date counts from Sunday, the option from Monday; the file ends with that day.
    const dayThatEnds = (midnight.getDay() + 5) % 7;
    midnight.setDate(midnight.getDate() + ((count - dayThatEnds + 7) % 7));
  }
  return midnight.getTime();
}

/** A log file before a write. */
export interface PresentFile {
  readonly stats: Pick<Stats, 'ino' | 'size' | 'birthtimeMs'>;
  /** When this process opened it: not every file system stores when a file was begun. */
  readonly openedMs: number;
}

const beganMs = ({ stats, openedMs }: PresentFile): number => Math.min(stats.birthtimeMs || openedMs, openedMs);

/** Whether the file must be rotated before `bytes` more are written to it. */
export function isRotationDue(rotation: LogRotation, file: PresentFile, bytes: number, nowMs: number): boolean {
  if (rotation.by === 'size') {
    const { size } = file.stats;
    return rotation.maxFiles > 0 && size > 0 && size + bytes > rotation.maxBytes;
  }
  return nowMs >= endOfInterval(rotation, beganMs(file));
}

/** A process that died while it rotated leaves its lock. */
const staleLockMs = 10_000;

/**
 * Renames the file. All processes of a program write to one file, so only one of them may do this; the others find it
 * gone and open the new one. Throws the system's error when the folder does not permit it.
 */
export function rotate(path: string, rotation: LogRotation, file: PresentFile): void {
  const lock = `${path}.rotating`;
  if (!takeLock(lock)) return;
  try {
    // Another process may have rotated it since the check; a link, as /dev/stderr, is left alone.
    if (lstatSync(path, { throwIfNoEntry: false })?.ino !== file.stats.ino) return;
    if (rotation.by === 'size') shift(path, rotation.maxFiles);
    else putAway(path, rotation, file);
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(lock: string): boolean {
  const held = statSync(lock, { throwIfNoEntry: false });
  if (held !== undefined && Date.now() - held.mtimeMs > staleLockMs) rmSync(lock, { force: true });
  try {
    closeSync(openSync(lock, 'wx', 0o640));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function shift(path: string, maxFiles: number): void {
  for (let number = maxFiles; number > 0; number -= 1) {
    const from = number === 1 ? path : `${path}.${number - 1}`;
    if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, `${path}.${number}`);
  }
}

function putAway(path: string, { unit, maxFiles }: IntervalRotation, file: PresentFile): void {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  const stamped = `${path}.${formatDate(suffixes[unit], new Date(beganMs(file)))}`;
  // Two files that were begun in the same unit, as after a restart of the interval: both are kept.
  let target = stamped;
  for (let number = 1; statSync(target, { throwIfNoEntry: false }) !== undefined; number += 1) {
    target = `${stamped}.${number}`;
  }
  renameSync(path, target);
  if (maxFiles === 0) return;
  const old = readdirSync(folder).filter(
    (name) => name.startsWith(prefix) && /^\d{4}-\d\d-\d\d[\d_.-]*$/.test(name.slice(prefix.length)),
  );
  for (const name of old.toSorted().slice(0, -maxFiles)) rmSync(join(folder, name), { force: true });
}
