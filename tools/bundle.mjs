// Joins the compiled programs and their packages into few files, which start in less than half the time: for the image.
// Compiled by tsc first, since esbuild emits no decorator metadata. File layout and paths are those of dist/, so that
// bundle/ takes its place.
//   node tools/bundle.mjs        dist/ to bundle/
import { isBuiltin } from 'node:module';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const out = join(root, 'bundle');

const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** What is started or imported by its path: the programs, the workers' own program, and the services' modules. */
const entries = [
  ...Object.values(bin).map((file) => relative('dist', file)),
  'apps/gateway/src/service.js',
  'apps/consoles/src/service.js',
  'apps/worker/src/service.js',
  'apps/server/src/control/service.js',
  'libs/launcher/src/child/child-entry.js',
];
/** Loads files of its own by their path. */
const external = ['@electric-sql/pglite'];
/** The parent process loads these: their decorators are their own and need no package. */
const ofParent = /^libs\/((config|launcher|options|telemetry)\/|[a-z]+\/src\/options[./])/;
/** Loaded by `require` at run time, from where they would be without the bundle. */
const loadedLater = 'libs/options/src/foreign';

const rootMark = '"@@ROOT@@"';
const banner =
  'import{createRequire as __createRequire}from"node:module";' +
  `const __root=new URL(${rootMark},import.meta.url).href;const require=__createRequire(__root);`;
// Positions inside packages stay as they are: their map would be larger than the code.
const noMap = `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(
  '{"version":3,"sources":[""],"mappings":"A"}',
).toString('base64')}`;

/** Decorators need reflect-metadata loaded before them, whichever file they end up in. */
function withMetadata(text, isCommonJs) {
  if (!/\b__metadata\(|\bReflect\.(getOwn|define|get|has)\w*Metadata/.test(text)) return text;
  return `${isCommonJs ? 'require("reflect-metadata");' : 'import "reflect-metadata";'}${text}`;
}

/** Packages that a file loads at their first use by a `createRequire` of its own: each is a file that nothing imports. */
const loadedOnUse = new Set();
const onUse = './packages/';

function withLoads(text) {
  const [, load] = /^const (\w+) = createRequire\(import\.meta\.url\);$/m.exec(text) ?? [];
  if (load === undefined || load === 'require') return text;
  return text.replaceAll(new RegExp(`\\b${load}\\('([\\w-]+)'\\)`, 'g'), (_call, name) => {
    loadedOnUse.add(name);
    return `require('${onUse}${name}.cjs')`;
  });
}

/** Where Node looks for a package: beside the folder, and beside all above it. */
function isInstalled(name, folder) {
  if (existsSync(join(folder, 'node_modules', name))) return true;
  return dirname(folder) !== folder && isInstalled(name, dirname(folder));
}

const ours = {
  name: 'ours',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.\/packages\// }, ({ path }) => ({ path, external: true }));
    // Optional parts of Nest and others, asked for at run time and not installed.
    onResolve({ filter: /^[^./#]/ }, ({ path, resolveDir }) => {
      const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/');
      return isBuiltin(path) || isInstalled(name, resolveDir) ? undefined : { path, external: true };
    });
    onLoad({ filter: /\.[cm]?js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const own = relative(dist, path);
      if (own.startsWith('..')) {
        if (path.includes(`${sep}reflect-metadata${sep}`)) return { contents: text, loader: 'js' };
        const isCommonJs = !/^(import|export)\b/m.test(text);
        return { contents: withMetadata(text, isCommonJs) + noMap, loader: 'js' };
      }
      const contents = withLoads(text).replaceAll('import.meta.url', `new URL(${JSON.stringify(own)},__root).href`);
      return { contents: ofParent.test(own) ? contents : withMetadata(contents, false), loader: 'js' };
    });
  },
};

rmSync(out, { recursive: true, force: true });
const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: entries.map((entry) => join(dist, entry)),
  outbase: dist,
  outdir: out,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  // Parent, workers and services share their classes, and each loads no more than it uses.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  banner: { js: banner },
  external,
  plugins: [ours],
  write: false,
  metafile: true,
  logLevel: 'warning',
});
for (const name of loadedOnUse) {
  await build({
    absWorkingDir: root,
    stdin: { contents: `module.exports = require('${name}');`, resolveDir: root },
    outfile: join(out, onUse, `${name}.cjs`),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    legalComments: 'none',
    plugins: [ours],
    logLevel: 'warning',
  });
}
for (const { path, text } of outputFiles) {
  const up = '../'.repeat(relative(out, path).split(sep).length - 1) || './';
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text.replace(rootMark, JSON.stringify(up)));
}
cpSync(join(dist, loadedLater), join(out, loadedLater), {
  recursive: true,
  filter: (file) => !/\.js$|\.map$/.test(file),
});
for (const folder of ['apps/worker/seed', 'apps/server/page'])
  cpSync(join(dist, folder), join(out, folder), { recursive: true });

const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.log(`bundle/: ${outputFiles.length} files, ${(bytes / 1e6).toFixed(1)} MB`);
