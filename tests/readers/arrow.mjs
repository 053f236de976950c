// Values out of Arrow buffers: the accessors of apache-arrow round timestamps to milliseconds. What gets lost on the way to Arrow (which 16 bytes
// are a uuid, which lists of structs a map) the Parquet schema says.
import { readFileSync } from 'node:fs';
import { tableFromIPC, Type } from 'apache-arrow';
import { parquetMetadata, parquetSchema } from 'hyparquet';
import { date, decimal, hex, number, sortedPairs, time, timestamp, uuid } from './format.mjs';

// The rows of an Arrow stream made of a Parquet file; toStream takes the file's bytes.
export function* arrowRows(path, toStream) {
  const bytes = readFileSync(path);
  const root = parquetSchema(parquetMetadata(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)));
  yield* tableRows(tableFromIPC(toStream(bytes)), root.children);
}

// The rows of an Arrow stream in a file; what is a uuid the stream itself says.
export function* rows(path) {
  const table = tableFromIPC(readFileSync(path));
  yield* tableRows(table, table.schema.fields.map(nodeOf));
}

function* tableRows(table, nodes) {
  for (const batch of table.batches) {
    for (let i = 0; i < batch.numRows; i++) {
      const out = {};
      batch.schema.fields.forEach((field, c) => { out[field.name] = value(batch.data.children[c], nodes[c], i); });
      yield out;
    }
  }
}

// A field as a Parquet schema would have it, as far as `value` asks.
const nodeOf = ({ type, metadata }) => ({
  element: { logical_type: metadata.get('ARROW:extension:name') === 'arrow.uuid' ? { type: 'UUID' } : undefined },
  children: type.typeId === Type.List ? [{ children: [nodeOf(type.children[0])] }] : (type.children ?? []).map(nodeOf),
});

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
    case Type.Time: return time(digits[type.unit] === 9 ? data.values[i] / 1000n : data.values[i]);
    case Type.Timestamp: return timestamp(data.values[i], digits[type.unit], type.timezone != null);
    case Type.Decimal: {
      const w = data.values.subarray(i * 4, i * 4 + 4);
      const raw = BigInt(w[0]) | (BigInt(w[1]) << 32n) | (BigInt(w[2]) << 64n) | (BigInt(w[3]) << 96n);
      return decimal(BigInt.asIntN(128, raw), type.scale);
    }
    case Type.Utf8:
    case Type.LargeUtf8: return new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(bytesOf(data, i));
    case Type.Binary:
    case Type.LargeBinary: return binary(bytesOf(data, i), node);
    case Type.FixedSizeBinary: return binary(data.values.subarray(i * type.byteWidth, (i + 1) * type.byteWidth), node);
    case Type.Struct: return Object.fromEntries(type.children.map((f, c) => [f.name, value(data.children[c], node.children[c], i)]));
    case Type.Map: return entries(data, node, i);
    case Type.List:
    case Type.LargeList: return node.element.converted_type === 'MAP' ? entries(data, node, i) : range(data, i).map((k) => value(data.children[0], node.children[0].children[0], k));
    default: throw new Error(`no conversion for ${type}`);
  }
}

function entries(data, node, i) {
  const [pairs] = data.children;
  const [key, val] = node.children[0].children;
  return sortedPairs(range(data, i).map((k) => [value(pairs.children[0], key, k), value(pairs.children[1], val, k)]));
}

const binary = (bytes, node) => (node.element.logical_type?.type === 'UUID' ? uuid(bytes) : hex(bytes));

const bytesOf = (data, i) => data.values.subarray(Number(data.valueOffsets[i]), Number(data.valueOffsets[i + 1]));

function range(data, i) {
  const out = [];
  for (let k = Number(data.valueOffsets[i]); k < Number(data.valueOffsets[i + 1]); k++) out.push(k);
  return out;
}
