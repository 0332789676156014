// Makes the database that a new embedded one begins with: created, migrated, packed.
//   node tools/make-seed.mjs            (after npm run build)
// apps/worker/seed/database.tar.br is brotli over PGlite's data directory as tar; database.json beside it says of which
// migrations it was made, which a test compares.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'apps/worker/seed');
const file = join(folder, 'database.tar.br');
const built = join(root, 'dist/apps/worker/src/store');
const { Store, syncDatabase } = await import(join(built, 'index.js'));
const { PglitePool } = await import(join(built, 'pglite/pglite-pool.js'));
const { tarEntries } = await import(join(built, 'pglite/unpack-tar.js'));
const { migrationsHash } = await import(join(built, 'pglite/seed.js'));

mkdirSync(folder, { recursive: true });
rmSync(file, { force: true });
const database = await PGlite.create();
const store = new Store(new PglitePool(database), { embedded: true });
const migrations = await syncDatabase(store);
await database.exec('vacuum');
await database.exec('checkpoint');
const control = await database.query('select pg_walfile_name(redo_lsn) as file from pg_control_checkpoint()');
const firstSegment = control.rows[0].file;
const dump = Buffer.from(await (await database.dumpDataDir('none')).arrayBuffer());
await store.close();
await database.close();

// Segments of the log before the last checkpoint are never read again, and half of the archive.
const parts = [];
let end = 0;
for (const { name, data } of tarEntries(dump)) {
  const from = data.byteOffset - dump.byteOffset - 512;
  end = from + 512 + Math.ceil(data.length / 512) * 512;
  const segment = /\/pg_wal\/([0-9A-F]{24})$/.exec(name)?.[1];
  if (segment === undefined || segment >= firstSegment) parts.push(dump.subarray(from, end));
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
const pglite = JSON.parse(readFileSync(join(root, 'node_modules/@electric-sql/pglite/package.json'), 'utf8')).version;
const description = { pglite, migrations, hash: await migrationsHash() };
writeFileSync(join(folder, 'database.json'), `${JSON.stringify(description, null, 2)}\n`);
const sum = createHash('sha256').update(packed).digest('hex').slice(0, 16);
console.log(`${file}: ${packed.length} bytes of ${tar.length}, sha256 ${sum}…, ${readdirSync(folder).length} files`);
