import { LineCounter, isMap, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';

/** One fault of a document. */
export interface DocumentFault {
  readonly file: string;
  /** From 1; undefined if unknown. */
  readonly line?: number | undefined;
  readonly message: string;
}

export type Path = readonly (string | number)[];

/** All faults of a document; no part of it has taken effect. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';

  constructor(readonly faults: readonly DocumentFault[]) {
    super(
      faults.map(({ file, line, message }) => `${file}${line === undefined ? '' : `:${line}`}: ${message}`).join('\n'),
    );
  }
}

/** A YAML (or JSON) document with the lines of its parts, which collects its faults. */
export class YamlSource {
  readonly file: string;
  readonly value: unknown;
  readonly faults: DocumentFault[] = [];
  readonly #lines = new LineCounter();
  readonly #document: Document;
  readonly #faulty: Path[] = [];

  constructor(text: string, file: string) {
    this.file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true, prettyErrors: false });
    for (const { message, pos } of this.#document.errors) {
      this.faults.push({ file, line: this.#lines.linePos(pos[0]).line, message });
    }
    // Aliases are limited: a few lines must not expand to a gigabyte.
    this.value = this.faults.length > 0 ? undefined : this.#unfolded();
  }

  /** Records a fault of the part at `path`, or of its key. */
  fault(path: Path, message: string, where: 'value' | 'key' = 'value'): void {
    this.#faulty.push(path);
    const name = nameOf(path);
    const line = where === 'key' ? this.#keyLine(path) : this.#line(path);
    this.faults.push({ file: this.file, line, message: name === '' ? message : `${name}: ${message}` });
  }

  /** Whether no fault has been recorded of a part, or of what it is in. */
  isSound(path: Path): boolean {
    return !this.#faulty.some((one) => isIn(path, one) || isIn(one, path));
  }

  /** Throws DocumentError if there are faults. */
  settle(): void {
    if (this.faults.length === 0) return;
    throw new DocumentError(this.faults.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)));
  }

  #unfolded(): unknown {
    try {
      return this.#document.toJS({ maxAliasCount: 100 }) as unknown;
    } catch (error) {
      this.faults.push({ file: this.file, message: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  }

  #line(path: Path): number | undefined {
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const part: unknown = depth === 0 ? this.#document.contents : this.#document.getIn(path.slice(0, depth), true);
      const at = rangeOf(part);
      if (at !== undefined) return this.#lines.linePos(at).line;
    }
    return undefined;
  }

  #keyLine(path: Path): number | undefined {
    const parent: unknown = path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
    const at = rangeOf(pair?.key);
    return at === undefined ? this.#line(path) : this.#lines.linePos(at).line;
  }
}

/** Whether a part is `whole` or in it. */
function isIn(one: Path, whole: Path): boolean {
  return whole.every((part, at) => part === one[at]);
}

function rangeOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  const { range } = node;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : undefined;
}

function nameOf(path: Path): string {
  return path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('');
}
