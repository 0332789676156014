// Writes the committed files that are made from declarations, or checks that they are up to date.
//   node tools/generate.mjs            write
//   node tools/generate.mjs --check    exit 1 and name the files that differ
// Each tools/generators/*.mjs exports `files`: [{ path, text: () => string | Promise<string> }], made from dist/.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'tools', 'generators');
const check = process.argv.includes('--check');

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const stale = [];
for (const name of readdirSync(folder)
  .filter((file) => file.endsWith('.mjs'))
  .toSorted()) {
  const { files } = await import(pathToFileURL(join(folder, name)).href);
  for (const { path, text } of files) {
    const target = join(root, path);
    const wanted = await text();
    if (read(target) === wanted) continue;
    stale.push(path);
    if (check) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, wanted);
    console.log(`wrote ${path}`);
  }
}

if (check && stale.length > 0) {
  for (const path of stale) console.error(`${path} is not what its source says: run "npm run generate" and commit it`);
  process.exitCode = 1;
}
