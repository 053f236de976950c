// Prints the rows of Parquet files as JSON lines, read by a reader of the caller's choice:
//   node read-parquet.mjs --reader duckdb|hyparquet|arrow-rs|polars|clickhouse-file FILE...      (--reader arrow: Arrow IPC streams instead)
// With several files, a line "# FILE" precedes each one's rows. duckdb also takes --where CONDITION, it and clickhouse-file --sql QUERY with $file for the table;
// hyparquet takes --filter JSON (its own filters, on strings), answered through the page indexes.
// The readers' packages come from package.json beside this file; where they are installed elsewhere, K2I_READERS names the folder.
import { parseArgs } from 'node:util';
import { existsSync } from 'node:fs';
import { registerHooks } from './resolve.mjs';

const { values, positionals } = parseArgs({
  options: { reader: { type: 'string', default: 'duckdb' }, where: { type: 'string' }, filter: { type: 'string' }, sql: { type: 'string' } },
  allowPositionals: true,
});
const readers = ['duckdb', 'hyparquet', 'arrow-rs', 'polars', 'clickhouse-file', 'arrow'];
if (!readers.includes(values.reader) || positionals.length === 0) {
  console.error(`usage: read-parquet.mjs --reader ${readers.join('|')} [--where CONDITION | --sql QUERY | --filter JSON] FILE...`);
  process.exit(2);
}
registerHooks();
const { rows } = await import(`./${values.reader}.mjs`);
const { json } = await import('./format.mjs');
let out = '';
for (const file of positionals) {
  if (!existsSync(file)) throw new Error(`${file}: no such file`);
  if (positionals.length > 1) out += `# ${file}\n`;
  try {
    for await (const row of rows(file, values)) {
      out += json(row) + '\n';
      if (out.length > 1 << 20) {
        process.stdout.write(out);
        out = '';
      }
    }
  } catch (error) {
    process.stdout.write(out);
    console.error(`${file}: ${values.reader}: ${error?.stack ?? error}`);
    process.exitCode = 1;
    out = '';
  }
}
process.stdout.write(out);
