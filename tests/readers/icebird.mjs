// Iceberg tables by icebird, over the newest hyparquet (package.json): the one it asks for fails on nested columns of several pages, whoever
// wrote them. hyparquet rounds timestamps to milliseconds and takes bytes for text; the parsers that it calls for that are replaced, so that raw
// values are formatted by the table's schema. Decimals come as floating point: exact to 15 digits.
import { existsSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { date, hex, number, sortedPairs, time, timestamp, uuid } from './format.mjs';

const packages = join(process.env.K2I_READERS ?? dirname(fileURLToPath(import.meta.url)), 'node_modules');
const inner = join(packages, 'icebird/node_modules/hyparquet');
const { DEFAULT_PARSERS } = await import(pathToFileURL(realpathSync(join(existsSync(inner) ? inner : join(packages, 'hyparquet'), 'src/convert.js'))).href);
const raw = (value) => value;
for (const parser of Object.keys(DEFAULT_PARSERS)) DEFAULT_PARSERS[parser] = raw;

const { icebergMetadata, icebergRead } = await import('icebird');

let longSingles;

export async function* rows(folder, schema, options) {
  longSingles = options?.['long-singles'];
  globalThis.fetch = readLocal;
  const metadata = await icebergMetadata({ tableUrl: folder });
  for (const row of await icebergRead({ tableUrl: folder, metadata })) yield struct(row, schema);
}

// It reads by URL; files are answered from the disk. A location is a path after its scheme, not an encoded URL: %2F in it is part of a name.
async function readLocal(url, init) {
  const path = String(url).replace(/^file:(\/\/)?/, '');
  if (!existsSync(path)) return new Response(null, { status: 404 });
  const range = new Headers(init?.headers).get('range')?.match(/^bytes=(\d+)-(\d*)$/);
  const size = statSync(path).size;
  const from = range ? Number(range[1]) : 0, to = range?.[2] ? Math.min(Number(range[2]) + 1, size) : size;
  const bytes = Buffer.alloc(to - from);
  readSync(openSync(path, 'r'), bytes, 0, bytes.length, from);
  return new Response(init?.method === 'HEAD' ? null : bytes, { status: range ? 206 : 200, headers: { 'content-length': String(bytes.length) } });
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

function struct(value, { fields }) {
  return Object.fromEntries(fields.map((f) => [f.name, convert(value[f.name], f.type)]));
}

function convert(value, type) {
  if (value === null || value === undefined) return null;
  if (type.type === 'struct') return struct(value, type);
  if (type.type === 'list') return value.map((v) => convert(v, type.element));
  if (type.type === 'map') {
    const pairs = Array.isArray(value) ? value.map((e) => [e.key, e.value]) : Object.entries(value);
    return sortedPairs(pairs.map(([k, v]) => [key(k, type.key), convert(v, type.value)]));
  }
  if (type.startsWith('decimal')) return Number(value).toFixed(Number(type.match(/(\d+)\)$/)[1]));
  switch (type) {
    case 'float': return single(value);
    case 'double': return number(value);
    case 'date': return date(value);
    case 'time': return time(value);
    case 'timestamp': return timestamp(value, 6, false);
    case 'timestamptz': return timestamp(value, 6, true);
    case 'timestamp_ns': return timestamp(value, 9, false);
    case 'timestamptz_ns': return timestamp(value, 9, true);
    case 'string': return value instanceof Uint8Array ? utf8.decode(value) : value;
    case 'uuid': return uuid(value);
    case 'binary': return hex(value);
    default: return type.startsWith('fixed') ? hex(value) : value;
  }
}

// Keys of a map are made into property names.
function key(value, type) {
  if (typeof value !== 'string') return convert(value, type);
  return type === 'string' ? text(value) : type === 'long' || type === 'int' ? BigInt(value) : convert(value, type);
}

// Bytes as "1,2,3".
function text(key) {
  return /^(\d{1,3}(,\d{1,3})*)?$/.test(key) ? utf8.decode(Uint8Array.from(key === '' ? [] : key.split(',').map(Number))) : key;
}

// The shortest text that names a single: JavaScript has doubles only.
function single(value) {
  if (longSingles) return number(value);
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return number(value);
}
