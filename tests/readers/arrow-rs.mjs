import { createRequire } from 'node:module';
import { arrowRows } from './arrow.mjs';

const { readParquet } = createRequire(import.meta.url)('parquet-wasm/node');

export const rows = (path) => arrowRows(path, (bytes) => readParquet(new Uint8Array(bytes)).intoIPCStream());
