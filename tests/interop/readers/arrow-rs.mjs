import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tableFromIPC, Type } from 'apache-arrow';
import { parquetMetadata, parquetSchema } from 'hyparquet';
import { date, decimal, hex, number, sortedPairs, time, timestamp, uuid } from './format.mjs';

const require = createRequire(import.meta.url);
const { readParquet } = require('parquet-wasm/node');

// The values are taken from the Arrow buffers: the accessors of apache-arrow round timestamps to milliseconds. Which 16 bytes are a uuid
// gets lost on the way to Arrow; the Parquet schema says it.
export async function* rows(path) {
  const bytes = readFileSync(path);
  const root = parquetSchema(parquetMetadata(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)));
  const table = tableFromIPC(readParquet(new Uint8Array(bytes)).intoIPCStream());
  for (const batch of table.batches) {
    for (let i = 0; i < batch.numRows; i++) {
      const out = {};
      batch.schema.fields.forEach((field, c) => { out[field.name] = value(batch.data.children[c], root.children[c], i); });
      yield out;
    }
  }
}

const digits = [0, 3, 6, 9];

function value(data, node, i) {
  const { type } = data;
  if (data.nullCount > 0 && !data.getValid(i)) return null;
  const at = data.offset + i;
  switch (type.typeId) {
    case Type.Bool: return ((data.values[at >> 3] >> (at & 7)) & 1) === 1;
    // values of fixed-width types are already cut to the slice
    case Type.Int: return data.values[i];
    case Type.Float: return number(data.values[i]);
    case Type.Date: return date(data.values[i]);
    case Type.Time: return time(data.values[i]);
    case Type.Timestamp: return timestamp(data.values[i], digits[type.unit], type.timezone != null);
    case Type.Decimal: {
      const w = data.values.subarray(i * 4, i * 4 + 4);
      const raw = BigInt(w[0]) | (BigInt(w[1]) << 32n) | (BigInt(w[2]) << 64n) | (BigInt(w[3]) << 96n);
      return decimal(BigInt.asIntN(128, raw), type.scale);
    }
    case Type.Utf8: return new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(data.values.subarray(data.valueOffsets[i], data.valueOffsets[i + 1]));
    case Type.Binary: return hex(data.values.subarray(data.valueOffsets[i], data.valueOffsets[i + 1]));
    case Type.FixedSizeBinary: {
      const bytes = data.values.subarray(i * type.byteWidth, (i + 1) * type.byteWidth);
      return node.element.logical_type?.type === 'UUID' ? uuid(bytes) : hex(bytes);
    }
    case Type.Struct: return Object.fromEntries(type.children.map((f, c) => [f.name, value(data.children[c], node.children[c], i)]));
    case Type.List: return range(data, i).map((k) => value(data.children[0], node.children[0].children[0], k));
    case Type.Map: {
      const [entries] = data.children;
      const [key, val] = node.children[0].children;
      return sortedPairs(range(data, i).map((k) => [value(entries.children[0], key, k), value(entries.children[1], val, k)]));
    }
    default: throw new Error(`no conversion for ${type}`);
  }
}

function range(data, i) {
  const out = [];
  for (let k = data.valueOffsets[i]; k < data.valueOffsets[i + 1]; k++) out.push(k);
  return out;
}
