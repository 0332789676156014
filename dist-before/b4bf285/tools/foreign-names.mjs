// Makes the table of option names that nova or neutron know from the sample files of their packages.
//   node tools/foreign-names.mjs novaNames nova.conf > libs/config/src/internal/foreign/nova-names.cts
// Only names are taken: those of the options, commented out or not, and their deprecated ones.
import { readFileSync } from 'node:fs';

const [constant, ...files] = process.argv.slice(2);
if (constant === undefined || files.length === 0) {
  console.error('usage: node tools/foreign-names.mjs CONSTANT SAMPLE_FILE...');
  process.exit(2);
}

const groups = new Map();
const add = (group, name) => {
  const key = group === 'DEFAULT' ? group : group.toLowerCase();
  if (!groups.has(key)) groups.set(key, new Set());
  groups.get(key).add(name.replaceAll('-', '_'));
};

for (const file of files) {
  let group = 'DEFAULT';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const section = /^\[([^\]]+)\]$/.exec(line.trim());
    const deprecated = /^# Deprecated group\/name - \[([^\]]*)\]\/(\S+)/.exec(line);
    const option = /^#?([a-z][a-z0-9_-]*)\s*=/i.exec(line);
    if (section) group = section[1];
    else if (deprecated) add(deprecated[1] || 'DEFAULT', deprecated[2]);
    else if (option) add(group, option[1]);
  }
}

const sorted = (names) => [...names].toSorted((left, right) => (left < right ? -1 : 1));
const wrap = (words) => {
  const lines = [''];
  for (const word of words) {
    if (lines.at(-1).length + word.length > 112) lines.push('');
    lines[lines.length - 1] += `${lines.at(-1) === '' ? '  ' : ' '}${word}`;
  }
  return lines;
};
const body = sorted(groups.keys()).flatMap((group) => [`[${group}]`, ...wrap(sorted(groups.get(group)))]);
console.log(
  `// Made by tools/foreign-names.mjs: names only, one group after another.\nconst ${constant} = \`\n${body.join('\n')}\n\`;\nexport = ${constant};`,
);
