// Makes the database that a new embedded one begins with: created, migrated, packed.
//   node tools/make-seed.mjs            (npm run build calls it when the migrations have changed)
// dist/apps/worker/seed/database.tar.br is brotli over PGlite's data directory as tar; database.json beside it says of
// which migrations it was made: while that is still true, nothing is done.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'dist/apps/worker/seed');
const file = join(folder, 'database.tar.br');
const built = join(root, 'dist/apps/worker/src/store');
const { Store, syncDatabase } = await import(join(built, 'index.js'));
const { PglitePool } = await import(join(built, 'pglite/pglite-pool.js'));
const { connectEmbedded } = await import(join(built, 'pglite/pglite-stream.js'));
const { tarEntries } = await import(join(built, 'pglite/seed.js'));
const { migrationsHash } = await import(join(built, 'pglite/seed.js'));

const pglite = JSON.parse(readFileSync(join(root, 'node_modules/@electric-sql/pglite/package.json'), 'utf8')).version;
const hash = await migrationsHash();
const maker = createHash('sha256')
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .digest('hex')
  .slice(0, 16);
if (isCurrent()) process.exit(0);

mkdirSync(folder, { recursive: true });
rmSync(file, { force: true });
// Segments of the log of 1 MiB in place of 16: with --ephemeral they lie in memory.
const database = await PGlite.create({ initDbStartParams: ['--wal-segsize=1'] });
const client = await connectEmbedded(database);
const store = new Store(new PglitePool(client), { embedded: true });
const migrations = await syncDatabase(store);
// Nobody makes a database here: the templates would stay in memory for nothing.
for (const { name } of await otherDatabases()) {
  await database.exec(`alter database ${name} is_template false`);
  await database.exec(`drop database ${name}`);
}
await database.exec('vacuum');
// How much of it is kept to be used again, in the place of 80 MB to 1 GB.
await database.exec("alter system set min_wal_size = '2MB'");
await database.exec("alter system set max_wal_size = '8MB'");
await database.exec('checkpoint');
const control = await database.query('select pg_walfile_name(redo_lsn) as file from pg_control_checkpoint()');
const firstSegment = control.rows[0].file;
const dump = Buffer.from(await (await database.dumpDataDir('none')).arrayBuffer());
const current = await database.query('select pg_walfile_name(pg_current_wal_insert_lsn()) as file');
const lastSegment = current.rows[0].file;
await store.close();
await client.end();
await database.close();

// Segments of the log before the last checkpoint are never read again, those after its end have never been written:
// half of the archive.
const parts = [];
let end = 0;
for (const { name, data } of tarEntries(dump)) {
  const from = data.byteOffset - dump.byteOffset - 512;
  end = from + 512 + Math.ceil(data.length / 512) * 512;
  const segment = /\/pg_wal\/([0-9A-F]{24})$/.exec(name)?.[1];
  if (segment === undefined || (segment >= firstSegment && segment <= lastSegment))
    parts.push(dump.subarray(from, end));
}
const tar = Buffer.concat([...parts, Buffer.alloc(1024)]);

const packed = brotliCompressSync(tar, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 9,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: tar.length,
  },
});
writeFileSync(file, packed);
const description = { pglite, maker, migrations, hash };
writeFileSync(join(folder, 'database.json'), `${JSON.stringify(description, null, 2)}\n`);
const sum = createHash('sha256').update(packed).digest('hex').slice(0, 16);
console.log(`${file}: ${packed.length} bytes of ${tar.length}, sha256 ${sum}…, ${readdirSync(folder).length} files`);

async function otherDatabases() {
  const text = 'select quote_ident(datname) as name from pg_database where datname <> current_database()';
  return (await database.query(text)).rows;
}

function isCurrent() {
  try {
    const made = JSON.parse(readFileSync(join(folder, 'database.json'), 'utf8'));
    return made.hash === hash && made.pglite === pglite && made.maker === maker && existsSync(file);
  } catch {
    return false;
  }
}
