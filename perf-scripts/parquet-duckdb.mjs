// DuckDB's Parquet writer and reader on one thread, over the rows of a file that `k2i bench parquet --file` left:
//   node parquet-duckdb.mjs FILE [ROUNDS] [CODEC] [LEVEL] [OUT]
// Prints one line a round and way, as k2i does. The writer gets the rows from a table in memory; the reader's rows are counted column by column, so that
// all of them are decoded and nothing else is done with them.
import { statSync } from 'node:fs';
import { registerHooks } from '../tests/readers/resolve.mjs';

const [file, rounds = '3', codec = 'zstd', level = '1', out = `${file}.duckdb`] = process.argv.slice(2);
registerHooks();
const { DuckDBInstance } = await import('@duckdb/node-api');
const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await instance.connect();
const quoted = (path) => `'${path.replaceAll("'", "''")}'`;
const all = async (sql) => (await connection.runAndReadAll(sql)).getRows();

await connection.run(`CREATE TABLE events AS SELECT * FROM read_parquet(${quoted(file)})`);
const rows = Number((await all('SELECT count(*) FROM events'))[0][0]);
const columns = (await all("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'events' ORDER BY ordinal_position"));
// A filter keeps counts from being answered out of the footer.
const counts = columns.map(([name]) => `count("${name}")`).join(', ');
const write = `COPY events TO ${quoted(out)} (FORMAT parquet, COMPRESSION ${codec}${codec === 'zstd' ? `, COMPRESSION_LEVEL ${level}` : ''})`;

async function measure(what, round, sql) {
  const cpu = process.cpuUsage(), from = performance.now();
  await connection.run(sql);
  const seconds = (performance.now() - from) / 1e3, used = process.cpuUsage(cpu);
  const size = statSync(out).size / rows;
  console.log(`${String(round).padStart(5)}  ${what.padEnd(8)} ${Math.round(rows / seconds).toLocaleString('en-US').padStart(11)} ${((used.user + used.system) * 1e3 / rows).toFixed(1).padStart(11)} ${''.padStart(12)} ${size.toFixed(2).padStart(8)}`);
}

for (let round = 1; round <= Number(rounds); round++) {
  await measure('encode', round, write);
  await measure('decode', round, `SELECT ${counts} FROM read_parquet(${quoted(out)}) WHERE length("${columns[0][0]}") <> 0`);
}
