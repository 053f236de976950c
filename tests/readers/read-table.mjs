// Prints the rows of an Iceberg table's current snapshot as JSON lines, written as format.mjs says:
//   node read-table.mjs --reader icebird|clickhouse [--long-singles] TABLE_FOLDER...
// --long-singles has icebird print singles with all the digits of a double. With several tables, a line "# TABLE_FOLDER" precedes each one's rows. What a reader cannot tell apart is named at the top of its file.
import { parseArgs } from 'node:util';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { registerHooks } from './resolve.mjs';

const { values, positionals } = parseArgs({ options: { reader: { type: 'string' }, 'long-singles': { type: 'boolean' } }, allowPositionals: true });
const readers = ['icebird', 'clickhouse'];
if (!readers.includes(values.reader) || positionals.length === 0) {
  console.error(`usage: read-table.mjs --reader ${readers.join('|')} TABLE_FOLDER...`);
  process.exit(2);
}

registerHooks();
const { rows } = await import(`./${values.reader}.mjs`);
const { json } = await import('./format.mjs');
for (const folder of positionals.map((p) => resolve(p))) {
  const version = readFileSync(join(folder, 'metadata', 'version-hint.text'), 'utf8').trim();
  const metadata = JSON.parse(readFileSync(join(folder, 'metadata', `v${version}.metadata.json`), 'utf8'));
  const schema = metadata.schemas.find((s) => s['schema-id'] === metadata['current-schema-id']);
  let out = positionals.length > 1 ? `# ${folder}\n` : '';
  for await (const row of rows(folder, schema, values)) out += json(row) + '\n';
  process.stdout.write(out);
}
