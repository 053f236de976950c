import { readFileSync } from 'node:fs';
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { date, decimal, hex, number, signedBigEndian, time, timestamp, uuid } from './format.mjs';

// Its own conversions lose precision; they are turned off, and the raw values formatted by the schema. Maps come as objects: their keys
// become text, so use the other readers for maps whose keys are not strings.
export async function* rows(path, { filter } = {}) {
  const bytes = readFileSync(path);
  const file = { byteLength: bytes.length, slice: (from, to) => bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + (to ?? bytes.length)) };
  const metadata = parquetMetadata(await file.slice(0));
  const root = parquetSchema(metadata);
  const kinds = new Map();
  for (const element of metadata.schema) {
    kinds.set(element, { converted: element.converted_type, logical: element.logical_type });
    if (element.type) {
      if (element.converted_type !== 'UTF8') delete element.converted_type;
      if (element.logical_type?.type !== 'STRING') delete element.logical_type;
    }
  }
  const parsers = { stringFromBytes: (b) => b && new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(b) };
  for (const row of await parquetReadObjects({ file, metadata, compressors, parsers, utf8: false, geoparquet: false, useOffsetIndex: true, ...(filter && { filter: JSON.parse(filter), usePageIndex: true }) })) {
    const out = {};
    for (const child of root.children) out[child.element.name] = convert(row[child.element.name], child, kinds);
    yield out;
  }
}

function convert(value, node, kinds) {
  if (value === null || value === undefined) return null;
  const { element, children } = node;
  const { converted, logical } = kinds.get(element);
  if (converted === 'LIST') return value.map((v) => convert(v, children[0].children[0], kinds));
  if (converted === 'MAP') return Object.entries(value).map(([k, v]) => [k, convert(v, children[0].children[1], kinds)]).sort((a, b) => (a[0] < b[0] ? -1 : 1));
  if (children.length > 0) return Object.fromEntries(children.map((c) => [c.element.name, convert(value[c.element.name], c, kinds)]));
  if (converted === 'DECIMAL') return decimal(value instanceof Uint8Array ? signedBigEndian(value) : BigInt(value), element.scale ?? 0);
  if (converted === 'DATE') return date(value);
  if (logical?.type === 'TIME') return time(value);
  if (logical?.type === 'TIMESTAMP') return timestamp(value, logical.unit === 'NANOS' ? 9 : 6, logical.isAdjustedToUTC);
  if (logical?.type === 'UUID') return uuid(value);
  if (value instanceof Uint8Array) return hex(value);
  return typeof value === 'number' ? number(value) : value;
}
