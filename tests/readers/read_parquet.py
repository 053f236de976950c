"""Prints the rows of Parquet files (of Arrow IPC streams, where named .arrow) as JSON lines, read by Arrow C++ with page checksums verified, in the format of format.mjs.

    python read_parquet.py FILE...        (needs pyarrow; with several files, a line "# FILE" precedes each one's rows)
"""
import datetime
import decimal
import json
import math
import sys

import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

EPOCH = datetime.date(1970, 1, 1)


def clock(units, digits):
    second = 10**digits
    s = units // second
    return f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}.{units % second:0{digits}d}"


def convert(value, kind):
    """value: what a scalar's column, cast to plain storage, holds."""
    if value is None:
        return None
    if pa.types.is_struct(kind):
        return {f.name: convert(value[f.name], f.type) for f in kind}
    if pa.types.is_map(kind):
        pairs = [[convert(k, kind.key_type), convert(v, kind.item_type)] for k, v in value]
        return sorted(pairs, key=lambda p: p[0])
    if pa.types.is_list(kind):
        return [convert(v, kind.value_type) for v in value]
    if pa.types.is_floating(kind):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity") if math.isinf(value) else value
    if pa.types.is_timestamp(kind):
        digits = 9 if kind.unit == "ns" else 6
        days, rest = divmod(value, 86400 * 10**digits)
        return f"{EPOCH + datetime.timedelta(days=days)}T{clock(rest, digits)}{'+00:00' if kind.tz else ''}"
    if pa.types.is_time(kind):
        return clock(value, 6)
    if pa.types.is_date(kind):
        return str(EPOCH + datetime.timedelta(days=value))
    if isinstance(value, decimal.Decimal):
        return f"{value:f}"
    if isinstance(kind, pa.UuidType):
        h = value.hex()
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
    return value.hex() if isinstance(value, bytes) else value


def storage(kind):
    """The type with dates and times as the integers they are, which Python's own types cannot all hold."""
    if isinstance(kind, pa.UuidType):
        return pa.binary(16)
    if pa.types.is_timestamp(kind) or pa.types.is_time64(kind):
        return pa.int64()
    if pa.types.is_date32(kind):
        return pa.int32()
    if pa.types.is_struct(kind):
        return pa.struct([f.with_type(storage(f.type)) for f in kind])
    if pa.types.is_map(kind):
        return pa.map_(kind.key_field.with_type(storage(kind.key_type)), kind.item_field.with_type(storage(kind.item_type)))
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(storage(kind.value_type)))
    return kind


def plain(array):
    """The same buffers under the storage type."""
    kind = array.type
    if isinstance(kind, pa.UuidType):
        return array.storage
    if pa.types.is_struct(kind):
        fields = [plain(array.field(i)) for i in range(kind.num_fields)]
        return pa.StructArray.from_buffers(storage(kind), len(array), array.buffers()[:1], array.null_count, array.offset, fields)
    if pa.types.is_map(kind):
        return pa.MapArray.from_arrays(array.offsets, plain(array.keys), plain(array.items), storage(kind), mask=array.is_null())
    if pa.types.is_list(kind):
        return pa.ListArray.from_arrays(array.offsets, plain(array.values), storage(kind), mask=array.is_null())
    return array.view(storage(kind)) if storage(kind) != kind else array


def read(file):
    if file.endswith(".arrow"):
        with ipc.open_stream(file) as stream:
            return stream.read_all()
    return pq.ParquetFile(file, page_checksum_verification=True).read()


def main(files):
    for file in files:
        if len(files) > 1:
            print(f"# {file}")
        table = read(file).combine_chunks()
        table.validate(full=True)
        columns = []
        for field in table.schema:
            chunks = table.column(field.name).chunks
            values = [v for chunk in chunks for v in plain(chunk).to_pylist()]
            columns.append((field, values))
        for i in range(table.num_rows):
            row = {f.name: convert(values[i], f.type) for f, values in columns}
            print(json.dumps(row, ensure_ascii=False, separators=(",", ":")))


main(sys.argv[1:])
