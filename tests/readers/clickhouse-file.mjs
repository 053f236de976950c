// A Parquet file by ClickHouse (chdb): booleans, strings and numbers that JSON can hold; other types come as ClickHouse writes them.
import { basename, dirname } from 'node:path';

const { query } = await import('chdb');

export async function* rows(file, { sql } = {}) {
  // It opens files below its working folder only.
  process.chdir(dirname(file));
  const from = `file('${basename(file).replaceAll("'", "''")}', Parquet)`;
  const settings = 'output_format_json_quote_64bit_integers = 0, output_format_json_escape_forward_slashes = 0, output_format_json_quote_denormals = 1';
  for (const line of query(`${sql?.replaceAll('$file', from) ?? `SELECT * FROM ${from}`} SETTINGS ${settings}`, 'JSONEachRow').split('\n')) {
    if (line) yield JSON.parse(line);
  }
}
