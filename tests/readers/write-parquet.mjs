// Parquet files written anew by other writers: each JOB is JSON with from (a file of values these writers can hold), to, codec, rows (of a row
// group), and what else its writer knows:
//   node write-parquet.mjs --writer polars|duckdb|clickhouse|hyparquet-writer JOB...
// hyparquet-writer and ClickHouse are given flat columns of booleans, numbers, strings and binary only.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { registerHooks } from './resolve.mjs';

const { values: { writer }, positionals } = parseArgs({ options: { writer: { type: 'string' } }, allowPositionals: true });
const quote = (text) => `'${text.replaceAll("'", "''")}'`;
registerHooks();

const writers = {
  async polars() {
    const { default: pl } = await import('nodejs-polars');
    return ({ from, to, codec, rows, pageBytes }) =>
      pl.scanParquet(from).sinkParquet(to, { compression: codec, rowGroupSize: rows, dataPagesizeLimit: pageBytes, statistics: 'full' }).collect();
  },
  async duckdb() {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
    return ({ from, to, codec, rows, version }) =>
      connection.run(`COPY (SELECT * FROM read_parquet(${quote(from)})) TO ${quote(to)} (FORMAT parquet, CODEC ${quote(codec)}, ROW_GROUP_SIZE ${rows}, PARQUET_VERSION ${version})`);
  },
  async clickhouse() {
    const { query } = await import('chdb');
    return ({ from, to, codec, rows }) => {
      process.chdir(dirname(to));
      query(`INSERT INTO FUNCTION file(${quote(basename(to))}, Parquet) SELECT * FROM file(${quote(basename(from))}, Parquet) SETTINGS output_format_parquet_compression_method = ${quote(codec)}, output_format_parquet_string_as_string = 0, output_format_parquet_row_group_size = ${rows}`);
    };
  },
  async 'hyparquet-writer'() {
    const { parquetMetadata, parquetReadObjects, parquetSchema } = await import('hyparquet');
    const { compressors } = await import('hyparquet-compressors');
    const { parquetWriteBuffer } = await import('hyparquet-writer');
    const packed = { GZIP: (bytes) => new Uint8Array(gzipSync(bytes)), BROTLI: (bytes) => new Uint8Array(brotliCompressSync(bytes)) };
    const special = { INT32: 'DELTA_BINARY_PACKED', INT64: 'DELTA_BINARY_PACKED', FLOAT: 'BYTE_STREAM_SPLIT', DOUBLE: 'BYTE_STREAM_SPLIT', STRING: 'DELTA_BYTE_ARRAY', BYTE_ARRAY: 'DELTA_LENGTH_BYTE_ARRAY' };
    return async ({ from, to, codec, rows, pageBytes, version }) => {
      const bytes = readFileSync(from);
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
      const metadata = parquetMetadata(file);
      const records = await parquetReadObjects({ file, metadata, compressors, utf8: false });
      const columnData = parquetSchema(metadata).children.map(({ element: e }) => {
        const type = e.type === 'BYTE_ARRAY' && e.converted_type === 'UTF8' ? 'STRING' : e.type;
        const encoding = version === 'V2' ? special[type] : undefined;
        return { name: e.name, data: records.map((r) => r[e.name] ?? undefined), type, nullable: e.repetition_type === 'OPTIONAL', encoding, columnIndex: true };
      });
      writeFileSync(to, Buffer.from(parquetWriteBuffer({ columnData, codec, compressors: packed, rowGroupSize: rows, pageSize: pageBytes })));
    };
  },
};

const write = await writers[writer]();
for (const job of positionals) await write(JSON.parse(job));
