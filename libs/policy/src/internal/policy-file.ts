import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LineCounter, isMap, isNode, isScalar, parseDocument } from 'yaml';
import type { PolicyFault } from '../policy.errors.js';
import { PolicySyntaxError } from '../policy.errors.js';
import { parseRule } from './parse-rule.js';
import type { EffectiveRule } from './rule-set.js';

/** The rules of the files, later files overriding earlier ones, and all their faults. */
export interface FileRules {
  readonly rules: ReadonlyMap<string, EffectiveRule>;
  readonly faults: readonly PolicyFault[];
  readonly warnings: readonly string[];
  /** Changes whenever a file or folder is created, removed or written. */
  readonly fingerprint: string;
}

export interface FileSources {
  readonly policyFile?: string | undefined;
  readonly policyDirs: readonly string[];
}

/** Reads the policy file, then the files of each folder by name; hidden files and sub-folders are ignored. */
export function readPolicyFiles(sources: FileSources): FileRules {
  const rules = new Map<string, EffectiveRule>();
  const faults: PolicyFault[] = [];
  const warnings: string[] = [];
  // Taken first, so that the next poll notices a write during the read.
  const fingerprint = fingerprintOf(sources);
  const files = listFiles(sources, warnings);
  for (const file of files) readPolicyFile(file, rules, faults);
  return { rules, faults, warnings, fingerprint };
}

/** Times and sizes of all sources; cheap enough to poll. */
export function fingerprintOf(sources: FileSources): string {
  const paths = [
    ...(sources.policyFile === undefined ? [] : [sources.policyFile]),
    ...sources.policyDirs,
    ...sources.policyDirs.flatMap(filesIn),
  ];
  return paths
    .map((path) => {
      const state = statSync(path, { throwIfNoEntry: false });
      return state === undefined ? `${path} -` : `${path} ${state.mtimeMs} ${state.size} ${state.ino}`;
    })
    .join('\n');
}

function listFiles(sources: FileSources, warnings: string[]): string[] {
  const files: string[] = [];
  const { policyFile } = sources;
  if (policyFile !== undefined) {
    if (statSync(policyFile, { throwIfNoEntry: false }) === undefined) {
      warnings.push(`policy file ${policyFile} does not exist: the registered defaults are in force`);
    } else files.push(policyFile);
  }
  return [...files, ...sources.policyDirs.flatMap(filesIn)];
}

function filesIn(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => join(folder, entry.name))
    .toSorted();
}

function readPolicyFile(file: string, rules: Map<string, EffectiveRule>, faults: PolicyFault[]): void {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    faults.push({ file, message: `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}` });
    return;
  }
  const lines = new LineCounter();
  // JSON is YAML, so one parser serves both and gives line numbers for both.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    for (const error of document.errors) {
      faults.push({ file, line: lines.linePos(error.pos[0]).line, message: `${error.message} (put rules in quotes)` });
    }
    return;
  }
  if (document.contents === null) return;
  if (!isMap(document.contents)) {
    faults.push({ file, line: 1, message: 'expected a map of rule names to rules' });
    return;
  }
  for (const { key, value } of document.contents.items) {
    const name = isScalar(key) ? key.value : undefined;
    const line = isScalar(key) && key.range ? lines.linePos(key.range[0]).line : 1;
    if (typeof name !== 'string') {
      faults.push({ file, line, message: `expected a rule's name as text, found ${String(key)}` });
      continue;
    }
    // A tag that YAML does not know is most often an unquoted "!", which would otherwise permit every caller.
    if (isScalar(value) && value.tag !== undefined && !value.tag.startsWith('tag:yaml.org')) {
      faults.push({ file, line, rule: name, message: `"${value.tag}" is a YAML tag here: put the rule in quotes` });
      continue;
    }
    try {
      const plain: unknown = isNode(value) ? value.toJS(document) : null;
      rules.set(name, { name, check: parseRule(plain), source: 'file', file, line });
    } catch (error) {
      if (!(error instanceof PolicySyntaxError)) throw error;
      faults.push({ file, line, rule: name, message: error.message });
    }
  }
}
