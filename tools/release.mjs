// Makes a release: the CHANGELOG's section Unreleased becomes that of the version, which package, image and chart get;
// what is generated follows; one commit, one annotated tag with the section as its text. Nothing is pushed.
//   node tools/release.mjs 0.2.0 [--dry-run]
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the version stands, each with the pattern whose first group is what comes before it. */
const places = [
  ['package.json', /^(  "version": ")[^"]+/m],
  ['package-lock.json', /^(  "version": ")[^"]+/m],
  ['package-lock.json', /^(      "version": ")[^"]+/m],
  ['Dockerfile', /^(ARG VERSION=).+$/m],
  ['deploy/helm/albireo/Chart.yaml', /^(version: ).+$/m],
  ['deploy/helm/albireo/Chart.yaml', /^(appVersion: ")[^"]+/m],
];

/** `0.2.0`, `1.0.0-rc.1`; above what was released last. */
export function requireVersion(version, before) {
  if (!/^\d+\.\d+\.\d+(-[0-9a-z.]+)?$/.test(version))
    throw new Error(`expected a version as 1.2.3, found "${version}"`);
  const numbers = (text) => text.split('-')[0].split('.').map(Number);
  const [mine, last] = [numbers(version), numbers(before)];
  const at = mine.findIndex((number, index) => number !== last[index]);
  if (at >= 0 && mine[at] < last[at]) throw new Error(`${version} is below ${before}, which is there`);
}

/** The new text, and what was unreleased. Throws when nothing was. */
export function releaseChangelog(text, version, day) {
  const found = /^## Unreleased\n([^]*?)(?=^## |(?![^]))/m.exec(text);
  const section = found?.[1].trim() ?? '';
  if (section === '') throw new Error('CHANGELOG.md: the section "Unreleased" is empty or missing');
  if (text.includes(`\n## ${version}`)) throw new Error(`CHANGELOG.md: ${version} is there already`);
  const start = found.index;
  const rest = text.slice(start + found[0].length);
  return {
    text: `${text.slice(0, start)}## Unreleased\n\n## ${version} (${day})\n\n${section}\n${rest === '' ? '' : `\n${rest}`}`,
    section,
  };
}

function main([version = '', ...flags]) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const run = (program, ...args) =>
    execFileSync(program, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const read = (file) => readFileSync(join(root, file), 'utf8');
  requireVersion(version, JSON.parse(read('package.json')).version);
  const { text, section } = releaseChangelog(read('CHANGELOG.md'), version, new Date().toISOString().slice(0, 10));
  if (flags.includes('--dry-run')) {
    process.stdout.write(`${version}\n\n${section}\n`);
    return;
  }
  if (run('git', 'status', '--porcelain') !== '') throw new Error('the working tree has changes: commit them first');
  if (run('git', 'tag', '--list', `v${version}`) !== '') throw new Error(`the tag v${version} is there already`);
  writeFileSync(join(root, 'CHANGELOG.md'), text);
  for (const [file, pattern] of places) {
    writeFileSync(
      join(root, file),
      read(file).replace(pattern, (_all, before) => `${before}${version}`),
    );
  }
  run('npm', 'run', 'generate');
  run('node', 'dist/test/run.js', 'unit', '--only', 'versions');
  run('git', 'add', '--all');
  run('git', 'commit', '--quiet', '--message', `chore(release): ${version}`);
  run('git', 'tag', '--annotate', `v${version}`, '--cleanup', 'verbatim', '--message', `${version}\n\n${section}\n`);
  process.stdout.write(`v${version} is tagged; push with: git push --follow-tags\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    console.error(`release: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}
