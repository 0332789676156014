import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PipelineError } from '../pipeline.errors.js';
import type { Settings } from '../pipeline.js';

/** A value with the line on which it begins. */
export interface IniValue {
  readonly value: string;
  readonly line: number;
}

export interface Section {
  readonly name: string;
  readonly line: number;
  readonly options: ReadonlyMap<string, IniValue>;
}

interface OpenOption {
  readonly lines: string[];
  readonly line: number;
}

/** An INI file with Python's configparser rules: case-sensitive keys, `=` or `:`, indented continuation lines. */
export class IniFile {
  readonly file: string;
  readonly #sections: ReadonlyMap<string, Section>;
  readonly #defaults: ReadonlyMap<string, IniValue>;

  private constructor(file: string, text: string, inherited: Settings) {
    this.file = file;
    const { sections, defaults } = parseSections(file, text);
    this.#sections = sections;
    const given = Object.entries({ ...inherited, here: dirname(file), __file__: file });
    this.#defaults = new Map([...given.map(([key, value]) => [key, { value, line: 1 }] as const), ...defaults]);
  }

  /**
   * @param inherited defaults of the file that refers to this one; used where this file has none
   * @throws PipelineError when it cannot be read or parsed
   */
  static read(path: string, inherited: Settings = {}): IniFile {
    const file = resolve(path);
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PipelineError('PasteFileUnreadable', { file }, `cannot be read: ${reason}`, { cause });
    }
    return new IniFile(file, text, inherited);
  }

  get sections(): Iterable<Section> {
    return this.#sections.values();
  }

  /** `[DEFAULT]`, `here` and `__file__`. */
  defaults(): Settings {
    return Object.fromEntries([...this.#defaults].map(([key, option]) => [key, this.#replace(undefined, key, option)]));
  }

  /** The section's options with `%(name)s` replaced from the section, then from the defaults. */
  options(section: Section): Map<string, IniValue> {
    return new Map(
      [...section.options].map(([key, option]) => [
        key,
        { value: this.#replace(section, key, option), line: option.line },
      ]),
    );
  }

  #replace(section: Section | undefined, key: string, option: IniValue, depth = 0): string {
    const where = { file: this.file, line: option.line };
    if (depth > 10) throw new PipelineError('PasteSyntax', where, `"${key}" replaces itself or nests too deep`);
    return option.value.replaceAll(/%(?:%|\(([^)]+)\)s|)/g, (piece, name: string | undefined) => {
      if (piece === '%%') return '%';
      if (name === undefined) {
        throw new PipelineError('PasteSyntax', where, `"${key}" has a "%" that is neither "%(name)s" nor "%%"`);
      }
      const found = section?.options.get(name) ?? this.#defaults.get(name);
      if (found !== undefined) return this.#replace(section, name, found, depth + 1);
      throw new PipelineError('PasteSyntax', where, `"${key}" refers to %(${name})s, which is set nowhere`);
    });
  }
}

function parseSections(
  file: string,
  text: string,
): { sections: Map<string, Section>; defaults: Map<string, IniValue> } {
  const open = new Map<string, { line: number; options: Map<string, OpenOption> }>();
  let current: Map<string, OpenOption> | undefined;
  let option: OpenOption | undefined;
  let indent = 0;
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const where = { file, line: index + 1 };
    const line = raw.trim();
    if (line.startsWith('#') || line.startsWith(';')) continue;
    if (line === '') {
      option?.lines.push('');
      continue;
    }
    const found = raw.search(/\S/);
    if (option !== undefined && found > indent) {
      option.lines.push(line);
      continue;
    }
    indent = found;
    const header = /^\[(.+)\]/.exec(line)?.[1];
    if (header !== undefined) {
      const before = open.get(header);
      if (before !== undefined && header !== 'DEFAULT') {
        throw new PipelineError(
          'PasteSyntax',
          where,
          `section [${header}] is there twice, first at line ${before.line}`,
        );
      }
      const section = before ?? { line: where.line, options: new Map<string, OpenOption>() };
      open.set(header, section);
      current = section.options;
      option = undefined;
      continue;
    }
    if (current === undefined) throw new PipelineError('PasteSyntax', where, `expected a [section], found "${line}"`);
    const delimiter = line.search(/[=:]/);
    if (delimiter < 1) throw new PipelineError('PasteSyntax', where, `expected "key = value", found "${line}"`);
    const key = line.slice(0, delimiter).trim();
    const twice = current.get(key);
    if (twice !== undefined) {
      throw new PipelineError('PasteSyntax', where, `"${key}" is there twice, first at line ${twice.line}`);
    }
    option = { lines: [line.slice(delimiter + 1).trim()], line: where.line };
    current.set(key, option);
  }
  const sections = new Map<string, Section>();
  let defaults = new Map<string, IniValue>();
  for (const [name, { line, options }] of open) {
    const closed = new Map([...options].map(([key, value]) => [key, closeOption(value)]));
    if (name === 'DEFAULT') defaults = closed;
    else sections.set(name, { name, line, options: closed });
  }
  return { sections, defaults };
}

function closeOption({ lines, line }: OpenOption): IniValue {
  return { value: lines.join('\n').trimEnd(), line };
}
