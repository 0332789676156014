// Compiles the project with tsc and removes compiled files whose source is gone.
//   node tools/build.mjs              compile
//   node tools/build.mjs --if-stale   compile only when a source is newer than the last build
//   node tools/build.mjs --clean-only delete dist/
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const stamp = join(dist, '.built');
const sourceFolders = ['apps', 'libs', 'test', 'bench'];

function* filesBelow(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

function isStale() {
  if (!existsSync(stamp)) return true;
  const builtAt = statSync(stamp).mtimeMs;
  const inputs = [join(root, 'tsconfig.json'), join(root, 'package.json')];
  for (const folder of sourceFolders) inputs.push(...filesBelow(join(root, folder)));
  return inputs.some((file) => statSync(file).mtimeMs > builtAt);
}

function removeOrphans() {
  for (const folder of sourceFolders) {
    for (const file of filesBelow(join(dist, folder))) {
      const match = /^(.*)\.(c?)js(\.map)?$/.exec(relative(dist, file));
      if (match && !existsSync(join(root, `${match[1]}.${match[2]}ts`))) rmSync(file);
    }
  }
}

if (process.argv.includes('--clean-only')) {
  rmSync(dist, { recursive: true, force: true });
  process.exit(0);
}
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (!existsSync(compiler)) {
  // An installation without development packages (the image) ships dist/ and cannot build.
  if (existsSync(stamp)) process.exit(0);
  console.error('dist/ is missing and typescript is not installed: run "npm ci" (with development packages) first');
  process.exit(1);
}
if (process.argv.includes('--if-stale') && !isStale()) process.exit(0);

const started = new Date();
const result = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.json')], { stdio: 'inherit' });
if (result.status !== 0) process.exit(result.status ?? 1);
removeOrphans();
writeFileSync(stamp, `${started.toISOString()}\n`);
