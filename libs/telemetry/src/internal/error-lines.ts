import { inspect } from 'node:util';
import { maskText } from './mask.js';
import { readFileSync } from 'node:fs';
import type { SourceMapPayload } from 'node:module';
import { SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A frame of a stack: the text before the place, its file, line and column, and a bracket. */
const frame = /^(\s+at .*?)(\(?)((?:file:\/\/)?\/[^()]*\.js):(\d+):(\d+)(\)?)$/;

const maxLength = 1000;
const maps = new Map<string, SourceMap | undefined>();

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload);
  } catch {
    // There is no map, since packages contain none, or it cannot be used: the place stays as it is.
    return undefined;
  }
}

/**
 * One line of a stack with its place in the source that was compiled or bundled; unchanged if there is no map. A map is
 * read at the first error that needs it: Node's own `--enable-source-maps` costs each process 10 MiB even without an
 * error.
 */
export function originalFrame(line: string): string {
  if (line.length > maxLength) return line;
  const [, before = '', open = '', place = '', row, column, close = ''] = frame.exec(line) ?? [];
  if (place === '') return line;
  const file = place.startsWith('file:') ? fileURLToPath(place) : place;
  if (!maps.has(file)) maps.set(file, readMap(file));
  const entry = maps.get(file)?.findEntry(Number(row) - 1, Number(column) - 1);
  if (entry === undefined || !('originalSource' in entry) || !entry.originalSource) return line;
  const source = resolve(dirname(file), entry.originalSource);
  return `${before}${open}${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}${close}`;
}

const maxCauses = 8;

/** The stack of an error and of its causes as single lines, outermost first. */
export function errorLines(error: unknown): string[] {
  const lines: string[] = [];
  let current: unknown = error;
  for (let depth = 0; current !== undefined && depth < maxCauses; depth += 1) {
    const text = current instanceof Error ? (current.stack ?? `${current.name}: ${current.message}`) : inspect(current);
    const [first = '', ...rest] = maskText(text).split('\n');
    lines.push(depth === 0 ? first : `Caused by: ${first}`, ...rest.map(originalFrame));
    current = current instanceof Error ? current.cause : undefined;
  }
  return lines;
}
