// Installs the tarballs of tools/pack.mjs in an empty project, and compiles and runs each README's example there: with the
// oldest and the newest TypeScript that the packages are for, on this Node and on another one where its program is given.
// The product is installed alone, so that a package of a library does not stand in for one that it lacks, and runs a cloud.
//   node tools/check-packages.mjs [NODE]   NODE: the program of another Node, as of version 24
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const work = mkdtempSync(join(tmpdir(), 'albireo-packages-'));
const packages = join(work, 'packages');
const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const nodes = [process.execPath, ...process.argv.slice(2)];
const compilers = ['5.9', devDependencies.typescript];
const peers = ['amqplib', 'class-validator', 'reflect-metadata', 'rxjs'];
const nest = ['common', 'core', 'microservices'].map((name) => `@nestjs/${name}`);
const installFlags = ['--silent', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'];
const libraryFiles = () => readdirSync(packages).filter((file) => /^albireo-[a-z]/.test(file));
const run = (command, args, cwd) => execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });

/** The files of a README's examples: those that `// file:` names, else one a block. */
function examplesOf(name) {
  const text = readFileSync(join(root, 'libs', name, 'README.md'), 'utf8').replaceAll('#libs/', '@albireo/');
  return [...text.matchAll(/```(ts|js)\n([\s\S]*?)```/g)].map(([, language, block], index) => {
    const parts = block.split(/^\/\/ file: (\S+)\n/m);
    if (parts.length === 1)
      return { main: `example-${index}`, files: [[`example-${index}.${language}`, imports(name, block)]] };
    const files = [];
    for (let at = 1; at < parts.length; at += 2) files.push([parts[at], parts[at + 1]]);
    return { main: 'main', files };
  });
}

/** An example may leave out what it is known to be about: the names of its own library. */
function imports(name, block) {
  if (block.includes(`'@albireo/${name}'`)) return block;
  return `import { IntOpt, loadConfiguration, OptionGroup, StrOpt } from '@albireo/${name}';\n${block}`;
}

function makeProject() {
  const folder = join(work, 'project');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    skipLibCheck: false,
    allowJs: true,
    checkJs: true,
    rootDir: 'examples',
    types: ['node'],
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    useDefineForClassFields: false,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['examples'] }));
  const given = [...peers, ...nest].map((peer) => `${peer}@${dependencies[peer]}`);
  const tarballs = libraryFiles().map((file) => join(packages, file));
  const tools = compilers.map((compiler) => `typescript-${compiler}@npm:typescript@${compiler}`);
  const types = `@types/node@${devDependencies['@types/node']}`;
  run('npm', ['install', ...installFlags, ...tarballs, ...given, ...tools, types], folder);
  return folder;
}

/** Installs the product in an empty folder, and has each Node run a cloud, and ask it, from there. */
function checkProduct() {
  const folder = join(work, 'product');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const tarball = readdirSync(packages).find((file) => /^albireo-\d/.test(file));
  run('npm', ['install', ...installFlags, join(packages, tarball)], folder);
  const asks = `
    const { OS_AUTH_URL, ALBIREO_UI_URL } = process.env;
    for (const url of [OS_AUTH_URL, ALBIREO_UI_URL]) {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(url + ' answers ' + answer.status);
    }`;
  writeFileSync(join(folder, 'asks.mjs'), asks);
  for (const node of nodes) {
    const { bin } = JSON.parse(readFileSync(join(folder, 'node_modules/albireo/package.json'), 'utf8'));
    for (const file of Object.values(bin)) {
      execFileSync(node, [join(folder, 'node_modules/albireo', file), '--version'], { stdio: 'ignore' });
    }
    const command = ['run', '--seed', 'devstack', '--', node, join(folder, 'asks.mjs')];
    run(node, [join(folder, 'node_modules/albireo', bin.albireo), ...command], folder);
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    console.log(`Node ${version}: the product alone runs a cloud`);
  }
}

async function runService(node, file) {
  const env = { ...process.env, OS_HELLO__PORT: '0', OS_HEALTH__PORT: '0' };
  const program = spawn(node, [file], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  const ended = new Promise((resolve) => program.on('exit', resolve));
  const port = await new Promise((resolve, reject) => {
    program.stderr.on('data', (text) => {
      output += text;
      const match = /All services are ready/.test(output) && /hello listening on 127\.0\.0\.1:(\d+)/.exec(output);
      if (match) resolve(match[1]);
    });
    void ended.then(() => reject(new Error(output)));
  });
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  if ((await answer.text()) !== 'hello') throw new Error(`the service answers ${answer.status}`);
  program.kill('SIGTERM');
  const code = await ended;
  if (code !== 0) throw new Error(`the service ended with ${code}:\n${output}`);
}

try {
  run(process.execPath, [join(root, 'tools/pack.mjs'), packages], root);
  checkProduct();
  const names = libraryFiles().map((file) => /^albireo-(\w+)-/.exec(file)[1]);
  const project = makeProject();
  for (const name of names) {
    mkdirSync(join(project, 'examples', name), { recursive: true });
    for (const { files } of examplesOf(name)) {
      for (const [file, text] of files) writeFileSync(join(project, 'examples', name, file), text);
    }
  }
  for (const compiler of compilers) {
    const built = join(project, `built-${compiler}`);
    const tsc = join(project, 'node_modules', `typescript-${compiler}`, 'bin/tsc');
    run(process.execPath, [tsc, '-p', project, '--outDir', built], project);
    for (const node of nodes) {
      for (const name of names) {
        for (const { main } of examplesOf(name)) {
          const file = join(built, name, `${main}.js`);
          if (name === 'launcher') await runService(node, file);
          else execFileSync(node, [file], { cwd: project, stdio: ['ignore', 'ignore', 'pipe'] });
        }
      }
      const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
      console.log(`TypeScript ${compiler}, Node ${version}: the examples of ${names.join(', ')} compile and run`);
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
