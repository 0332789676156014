// What travels on the bus: a fingerprint of every method's arguments and every declared object. A shape that was released
// does not change without a new version; `node tools/generate.mjs` then refuses to write the file, and says whose it is.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getMetadataStorage } from 'class-validator';
import * as contracts from '../../dist/libs/contracts/src/index.js';
import { readingsOf, sinceOf } from '../../dist/libs/messaging/src/index.js';

const path = 'libs/contracts/wire-shapes.txt';
const HEAD = `# Fingerprints of what travels on the bus, made by "npm run generate": name, version, state, shape.
# "released": other programs speak it, the shape never changes. "next": of the coming release, it may still.
`;

function hash(shape) {
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 12);
}

/** Versions are `1.n`. */
const minor = (version) => Number(version.split('.')[1]);
const upTo = (version, since) => since === undefined || minor(since) <= minor(version);

/** The properties that a class of arguments had in a version, and what was asked of each. */
function argumentsOf(type, version) {
  if (type === null) return [];
  const since = sinceOf(type);
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  return rules
    .filter(({ propertyName }) => upTo(version, since.get(propertyName)?.field))
    .filter(
      ({ propertyName, type: kind }) =>
        kind !== 'conditionalValidation' || upTo(version, since.get(propertyName)?.optional),
    )
    .map(({ propertyName, name, type: kind, constraints, each }) => [
      propertyName,
      name ?? kind,
      (constraints ?? []).filter((constraint) => typeof constraint !== 'function'),
      each ?? false,
    ])
    .map((rule) => JSON.stringify(rule))
    .toSorted();
}

/** The versions in which a class of arguments changed. */
function changesOf(type) {
  return type === null ? [] : [...sinceOf(type).values()].flatMap((brought) => Object.values(brought));
}

/** The classes of objects in arguments. */
function nestedIn(type) {
  if (type === null) return [];
  return [...readingsOf(type).values()].flatMap(({ nested }) => {
    return nested === undefined ? [] : [nested(), ...nestedIn(nested())];
  });
}

/** What an object had in a version: fields that came later are not in it, or could not be given. */
function objectShape(fields, changes, version) {
  const later = changes.filter((change) => !upTo(version, change.version));
  const added = later.flatMap(({ adds = [] }) => adds);
  const taken = later.flatMap(({ takes = [] }) => takes);
  return fields
    .filter(({ field }) => !added.includes(field))
    .map(({ field, type, post, put }) => {
      const given = taken.includes(field) ? [undefined, undefined] : [post?.schema, put?.schema];
      return [field, type.kind, type.schema, ...given];
    });
}

/** `name version`, and the shape that it had then. */
function shapes() {
  const found = new Map();
  const add = (name, versions, shapeOf) => {
    for (const version of new Set(versions)) found.set(`${name} ${version}`, hash(shapeOf(version)));
  };
  const arguments_ = (name, type, since, shapeOf) => {
    const newer = changesOf(type).filter((version) => minor(version) > minor(since));
    add(name, [since, ...newer], shapeOf);
  };
  for (const contract of Object.values(contracts).filter((each) => each?.topic !== undefined && each.methods)) {
    for (const [name, { kind, idempotent, args, since = '1.0' }] of Object.entries(contract.methods)) {
      const shapeOf = (version) => [kind, idempotent, argumentsOf(args, version)];
      arguments_(`${contract.topic}.${name}`, args, since, shapeOf);
      for (const type of nestedIn(args)) {
        arguments_(`arguments.${type.name}`, type, '1.0', (version) => argumentsOf(type, version));
      }
    }
  }
  for (const { className, object, fields } of contracts.declarationsOf(contracts.networkResources)) {
    const { changes } = object;
    const versions = ['1.0', ...changes.map(({ version }) => version)];
    add(`object.${className}`, versions, (version) => objectShape(fields, changes, version));
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
    if (shape !== undefined && !line.startsWith('#')) before.set(`${name} ${version}`, { state, shape });
  }
  const faults = [];
  const lines = [];
  for (const [key, shape] of [...shapes()].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const old = before.get(key);
    if (old?.state === 'released' && old.shape !== shape) {
      faults.push(
        `${key} was released with another shape: fields that it gained say since when (@Since, \`changes\` of a resource)`,
      );
    }
    lines.push(`${key} ${old?.state ?? 'next'} ${shape}`);
  }
  for (const [key, { state }] of before) {
    if (state === 'released' && !lines.some((line) => line.startsWith(`${key} `)))
      faults.push(`${key} was released and is gone`);
  }
  if (faults.length > 0) throw new Error(`${path}: ${faults.join('; ')}`);
  return `${HEAD}${lines.join('\n')}\n`;
}

export const files = [{ path, text }];
