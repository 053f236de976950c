// Prints the rows of an Iceberg table's current snapshot as JSON lines, written as format.mjs says:
//   node read-table.mjs --reader icebird|clickhouse TABLE_FOLDER
// What a reader cannot tell apart is named at the top of its file.
import { parseArgs } from 'node:util';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { registerHooks } from './resolve.mjs';

const { values, positionals } = parseArgs({ options: { reader: { type: 'string' } }, allowPositionals: true });
const readers = ['icebird', 'clickhouse'];
if (!readers.includes(values.reader) || positionals.length !== 1) {
  console.error(`usage: read-table.mjs --reader ${readers.join('|')} TABLE_FOLDER`);
  process.exit(2);
}
const folder = resolve(positionals[0]);
const version = readFileSync(join(folder, 'metadata', 'version-hint.text'), 'utf8').trim();
const metadata = JSON.parse(readFileSync(join(folder, 'metadata', `v${version}.metadata.json`), 'utf8'));
const schema = metadata.schemas.find((s) => s['schema-id'] === metadata['current-schema-id']);

registerHooks();
const { rows } = await import(`./${values.reader}.mjs`);
const { json } = await import('./format.mjs');
let out = '';
for await (const row of rows(folder, schema)) out += json(row) + '\n';
process.stdout.write(out);
