import { DuckDBInstance, DuckDBTypeId as T } from '@duckdb/node-api';
import { date, decimal, hex, number, sortedPairs, time, timestamp } from './format.mjs';

let connection;

async function connect() {
  if (connection) return connection;
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
  return connection;
}

export async function* rows(file, { where, sql } = {}) {
  const query = sql?.replaceAll('$file', `read_parquet('${file.replaceAll("'", "''")}')`)
    ?? `SELECT * FROM read_parquet('${file.replaceAll("'", "''")}')${where ? ` WHERE ${where}` : ''}`;
  const result = await (await connect()).stream(query);
  const names = result.columnNames(), types = result.columnTypes();
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const row of chunk.getRows()) {
      const out = {};
      row.forEach((value, i) => { out[names[i]] = convert(value, types[i]); });
      yield out;
    }
  }
}

function convert(value, type) {
  if (value === null || value === undefined) return null;
  switch (type.typeId) {
    case T.FLOAT:
    case T.DOUBLE: return number(value);
    case T.DECIMAL: return decimal(value.value, value.scale);
    case T.DATE: return date(value.days);
    case T.TIME: return time(value.micros);
    case T.TIMESTAMP: return timestamp(value.micros, 6, false);
    case T.TIMESTAMP_TZ: return timestamp(value.micros, 6, true);
    case T.TIMESTAMP_NS: return timestamp(value.nanos, 9, false);
    case T.BLOB: return hex(value.bytes);
    case T.UUID: return value.toString();
    case T.LIST: return value.items.map((v) => convert(v, type.valueType));
    case T.MAP: return sortedPairs(value.entries.map((e) => [convert(e.key, type.keyType), convert(e.value, type.valueType)]));
    case T.STRUCT: {
      const out = {};
      type.entryNames.forEach((name, i) => { out[name] = convert(value.entries[name], type.entryTypes[i]); });
      return out;
    }
    default: return value;
  }
}
