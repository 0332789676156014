// What travels on the bus: a fingerprint of every method's arguments and every declared object. A shape that was released
// does not change without a new version; `node tools/generate.mjs` then refuses to write the file, and says whose it is.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getMetadataStorage } from 'class-validator';
import * as contracts from '../../dist/libs/contracts/src/index.js';

const path = 'libs/contracts/wire-shapes.txt';
const HEAD = `# Fingerprints of what travels on the bus, made by "npm run generate": name, version, state, shape.
# "released": other programs speak it, the shape never changes. "next": of the coming release, it may still.
`;

function hash(shape) {
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 12);
}

/** The properties of a class of arguments and what is asked of each. */
function argumentsOf(type) {
  if (type === null) return [];
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  return rules
    .map(({ propertyName, name, type: kind, constraints, each }) => [
      propertyName,
      name ?? kind,
      (constraints ?? []).filter((constraint) => typeof constraint !== 'function'),
      each ?? false,
    ])
    .map((rule) => JSON.stringify(rule))
    .toSorted();
}

function shapes() {
  const found = new Map();
  for (const contract of Object.values(contracts).filter((each) => each?.topic !== undefined && each.methods)) {
    for (const [name, { kind, idempotent, args, since = '1.0' }] of Object.entries(contract.methods)) {
      found.set(`${contract.topic}.${name}`, [since, hash([kind, idempotent, argumentsOf(args)])]);
    }
  }
  for (const { className, object, fields } of contracts.declarationsOf(contracts.networkResources)) {
    const shape = fields.map(({ field, type, post, put }) => [
      field,
      type.kind,
      type.schema,
      post?.schema,
      put?.schema,
    ]);
    found.set(`object.${className}`, [object.version, hash(shape)]);
  }
  return found;
}

function written() {
  try {
    return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}

function text() {
  const before = new Map();
  for (const line of written().split('\n')) {
    const [name, version, state, shape] = line.split(' ');
    if (shape !== undefined && !line.startsWith('#')) before.set(name, { version, state, shape });
  }
  const faults = [];
  const lines = [];
  for (const [name, [version, shape]] of [...shapes()].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const old = before.get(name);
    const same = old?.version === version;
    if (same && old.state === 'released' && old.shape !== shape) {
      faults.push(
        `${name} ${version} was released with another shape: give it a new version (minor when it only gains)`,
      );
    }
    lines.push(`${name} ${version} ${same ? old.state : 'next'} ${shape}`);
  }
  for (const [name, { state }] of before) {
    if (state === 'released' && !lines.some((line) => line.startsWith(`${name} `)))
      faults.push(`${name} was released and is gone`);
  }
  if (faults.length > 0) throw new Error(`${path}: ${faults.join('; ')}`);
  return `${HEAD}${lines.join('\n')}\n`;
}

export const files = [{ path, text }];
