// Makes the packages that others install: one of each library that knows nothing of the product, and the product itself,
// bundled, with the programs as `bin`.
//   node tools/pack.mjs [--libraries] [FOLDER]   tarballs in packages/, or in FOLDER
import { execFileSync } from 'node:child_process';
import { isBuiltin } from 'node:module';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const product = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { version, license, engines, dependencies: versions } = product;
const args = process.argv.slice(2);
const out = resolve(args.find((arg) => !arg.startsWith('--')) ?? join(root, 'packages'));
const staging = join(out, 'staging');

/** What each library is, and the ways into it beside its index: those that `imports` of package.json names. */
const libraries = {
  config: "Typed options from defaults, files, environment and command line: oslo.config's model",
  telemetry: "Request context, logs in oslo.log's form, metrics and traces",
  policy: "oslo.policy's rules, compiled: who may do what",
  pipeline: "Paste's api-paste.ini: which filters stand before which app",
  messaging: 'Calls, casts and notifications over RabbitMQ or in one process, as oslo.messaging speaks',
  launcher: 'Services in forked workers: supervision, draining, signals, health',
};
/** Given by whoever installs the library; those of one way into it only are optional. */
const peers = {
  messaging: {
    required: ['class-validator'],
    optional: ['amqplib', '@nestjs/common', '@nestjs/core', '@nestjs/microservices', 'reflect-metadata', 'rxjs'],
  },
};

const waysInto = (name) => [
  ['.', './index'],
  ...Object.keys(product.imports)
    .map((key) => key.split('/'))
    .filter(([, library, way]) => library === name && way !== undefined)
    .map(([, , way]) => [`./${way}`, `./${way}`]),
];

function declarations() {
  // Beside tsconfig.json, since `imports` is resolved to sources from there alone.
  const project = join(root, `tsconfig.pack-${process.pid}.json`);
  const compilerOptions = {
    declaration: true,
    declarationDir: join(staging, 'types'),
    emitDeclarationOnly: true,
    incremental: false,
    stripInternal: true,
    tsBuildInfoFile: null,
  };
  const include = Object.keys(libraries).map((name) => `libs/${name}/src/**/*.ts`);
  const config = { extends: './tsconfig.json', compilerOptions, include, exclude: ['libs/*/src/**/*.spec.ts'] };
  writeFileSync(project, JSON.stringify(config));
  try {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [compiler, '-p', project], { stdio: 'inherit' });
  } finally {
    rmSync(project);
  }
}

const filesOf = (folder, pattern) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => pattern.test(name));

/** `#libs/x/y` is `@albireo/x/y` outside. Comments on the compiler's maps go with the maps. */
const outside = (text) => text.replaceAll(/#libs\//g, '@albireo/').replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n');

function packLibrary(name) {
  const folder = join(staging, name);
  const packages = new Set();
  for (const [from, pattern] of [
    [join(dist, 'libs', name, 'src'), /(?<!\.spec)\.c?js$/],
    [join(staging, 'types/libs', name, 'src'), /(?<!\.spec)\.d\.c?ts$/],
  ]) {
    for (const file of filesOf(from, pattern)) {
      const text = outside(readFileSync(join(from, file), 'utf8'));
      for (const [, imported] of text.matchAll(/(?:from|import\(|import|load\()\s*['"](@?[a-z][\w@/.-]*)['"]/g)) {
        if (!isBuiltin(imported)) packages.add(imported.split('/', imported.startsWith('@') ? 2 : 1).join('/'));
      }
      const target = join(folder, 'lib', file);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  }
  const { required = [], optional = [] } = peers[name] ?? {};
  const rangeOf = (dependency) => {
    if (dependency.startsWith('@albireo/')) return version;
    if (versions[dependency] === undefined)
      throw new Error(`${name} imports ${dependency}, which package.json does not name`);
    return `^${versions[dependency]}`;
  };
  const ranges = (names) => Object.fromEntries(names.toSorted().map((each) => [each, rangeOf(each)]));
  const given = new Set([...required, ...optional]);
  packages.delete(`@albireo/${name}`);
  const manifest = {
    name: `@albireo/${name}`,
    version,
    description: libraries[name],
    license,
    type: 'module',
    exports: Object.fromEntries(
      waysInto(name).map(([way, file]) => [
        way,
        { types: `${file.replace('./', './lib/')}.d.ts`, default: `${file.replace('./', './lib/')}.js` },
      ]),
    ),
    files: ['lib'],
    sideEffects: false,
    engines,
    dependencies: ranges([...packages].filter((each) => !given.has(each))),
    ...(given.size > 0 && {
      peerDependencies: ranges([...given]),
      peerDependenciesMeta: Object.fromEntries(optional.map((each) => [each, { optional: true }])),
    }),
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  writeFileSync(join(folder, 'README.md'), outside(readFileSync(join(root, 'libs', name, 'README.md'), 'utf8')));
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  return folder;
}

/** The bundle in the place of dist/: what it does not hold of its packages is a dependency. */
function packProduct() {
  execFileSync(process.execPath, [join(root, 'tools/bundle.mjs')], { stdio: 'inherit' });
  const folder = join(staging, 'albireo');
  cpSync(join(root, 'bundle'), join(folder, 'dist'), { recursive: true, filter: (file) => !file.endsWith('.map') });
  for (const file of ['etc', 'LICENSE', 'README.md']) cpSync(join(root, file), join(folder, file), { recursive: true });
  const { name, description, type, bin } = product;
  const unbundled = ['@electric-sql/pglite', '@novnc/novnc', '@xterm/addon-fit', '@xterm/xterm'];
  const dependencies = Object.fromEntries(unbundled.map((each) => [each, versions[each]]));
  const manifest = { name, version, description, license, type, bin, files: ['dist', 'etc'], engines, dependencies };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return folder;
}

rmSync(staging, { recursive: true, force: true });
mkdirSync(staging, { recursive: true });
// Those of before alone: sources of another package lie in the same folder.
for (const file of readdirSync(out)) if (file.endsWith('.tgz')) rmSync(join(out, file));
declarations();
const folders = Object.keys(libraries).map(packLibrary);
if (!args.includes('--libraries')) folders.push(packProduct());
execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', out, ...folders], {
  cwd: out,
  stdio: 'inherit',
});
rmSync(staging, { recursive: true });
