namespace K2I.Parquet;

/// <summary>Puts the footers of copied row groups together: what says where something is, is written anew; all else is copied.</summary>
internal sealed class ConcatFooter(ThriftWriter thrift)
{
    private long columnIndexAt, offsetIndexAt;

    internal void Write(
        List<(long Start, CopiedRows[] Parts)> groups, List<KeyValuePair<string, string>> metadata, long rows, long columnIndexesAt,
        long offsetIndexesAt)
    {
        (columnIndexAt, offsetIndexAt) = (columnIndexesAt, offsetIndexesAt);
        var sources = groups[0].Parts.Select(p => p.Source).ToArray();
        thrift.Reset();
        thrift.WriteI32(1, sources[0].Version);
        WriteSchema(sources);
        thrift.WriteI64(3, rows);
        thrift.BeginList(4, ThriftWriter.Struct, groups.Count);
        for (var at = 0; at < groups.Count; at++) WriteRowGroup(groups[at].Start, groups[at].Parts, at);
        WriteMetadata(metadata);
        thrift.WriteString(6, sources[0].Footer.CreatedBy);
        if (!sources[0].Orders.IsEmpty)
        {
            thrift.BeginList(7, ThriftWriter.Struct, sources.Sum(s => s.Footer.Leaves.Length));
            foreach (var source in sources) thrift.CopyElements(source.Orders);
        }
        thrift.End();
    }

    /// <summary>The root with the columns of all sources below it.</summary>
    private void WriteSchema(RowGroupSource[] sources)
    {
        var (elements, columns) = (0, 0);
        foreach (var source in sources)
        {
            var reader = new ThriftReader(source.Schema);
            for (; reader.Position < source.Schema.Length; elements++) reader.Skip(ThriftReader.Struct);
            columns += source.Footer.Fields.Length;
        }
        thrift.BeginList(2, ThriftWriter.Struct, elements - sources.Length + 1);
        for (var at = 0; at < sources.Length; at++)
        {
            var schema = sources[at].Schema;
            var reader = new ThriftReader(schema);
            if (at > 0) reader.Skip(ThriftReader.Struct);
            else WriteRoot(ref reader, schema, columns);
            thrift.CopyElements(schema[reader.Position..]);
        }
    }

    private void WriteRoot(ref ThriftReader reader, ReadOnlySpan<byte> schema, int columns)
    {
        thrift.BeginElement();
        var id = 0;
        while (reader.Field(ref id, out var type))
        {
            var from = reader.Position;
            reader.Skip(type);
            if (id == 5) thrift.WriteI32(5, columns);
            else thrift.WriteCopy((short)id, type, schema[from..reader.Position]);
        }
        thrift.EndStruct();
    }

    private void WriteRowGroup(long start, CopiedRows[] parts, int ordinal)
    {
        thrift.BeginElement();
        thrift.BeginList(1, ThriftWriter.Struct, parts.Sum(p => p.Chunks.Length));
        foreach (var part in parts) WriteChunks(part);
        var footer = parts[0].Source.Footer.Bytes[parts[0].Source.Footer.RowGroups[parts[0].RowGroup].At..];
        var reader = parts[0].Description;
        var id = 0;
        while (reader.Field(ref id, out var type))
        {
            var from = reader.Position;
            reader.Skip(type);
            if (id is 2 or 6) thrift.WriteI64((short)id, parts.Sum(p => NumberOf(p, id)));
            else if (id == 5) thrift.WriteI64(5, start);
            else if (id == 7 && ordinal <= short.MaxValue) thrift.WriteI16(7, (short)ordinal);
            else if (id is not (1 or 7)) thrift.WriteCopy((short)id, type, footer[from..reader.Position]);
        }
        thrift.EndStruct();
    }

    private static long NumberOf(CopiedRows part, int field)
    {
        var reader = part.Description;
        var id = 0;
        while (reader.Field(ref id, out var type))
        {
            if (id == field) return reader.Int(type);
            reader.Skip(type);
        }
        return 0;
    }

    private void WriteChunks(CopiedRows part)
    {
        var footer = part.Source.Footer.Bytes[part.Source.Footer.RowGroups[part.RowGroup].At..];
        var reader = part.Description;
        var id = 0;
        while (reader.Field(ref id, out var type))
        {
            if (id == 1)
            {
                _ = reader.BeginList(type, out _);
                foreach (var chunk in part.Chunks) WriteChunk(ref reader, footer, chunk);
                return;
            }
            reader.Skip(type);
        }
    }

    private void WriteChunk(ref ThriftReader reader, ReadOnlySpan<byte> footer, CopiedChunk chunk)
    {
        thrift.BeginElement();
        var id = 0;
        while (reader.Field(ref id, out var type))
        {
            var from = reader.Position;
            if (id == 3)
            {
                thrift.BeginStruct(3);
                WriteColumn(ref reader, footer, chunk);
                thrift.EndStruct();
                continue;
            }
            reader.Skip(type);
            // Deprecated, and 0 where a writer heeds that.
            if (id == 2) thrift.WriteI64(2, 0);
            else if (id is < 4 or > 7) thrift.WriteCopy((short)id, type, footer[from..reader.Position]);
        }
        thrift.WriteI64(4, offsetIndexAt);
        thrift.WriteI32(5, chunk.OffsetIndex.Length);
        if (chunk.ColumnIndex.Length > 0)
        {
            thrift.WriteI64(6, columnIndexAt);
            thrift.WriteI32(7, chunk.ColumnIndex.Length);
        }
        offsetIndexAt += chunk.OffsetIndex.Length;
        columnIndexAt += chunk.ColumnIndex.Length;
        thrift.EndStruct();
    }

    private void WriteColumn(ref ThriftReader reader, ReadOnlySpan<byte> footer, CopiedChunk chunk)
    {
        var id = 0;
        while (reader.Field(ref id, out var type))
        {
            var from = reader.Position;
            if (id is 9 or 10 or 11)
            {
                var at = reader.Int(type);
                thrift.WriteI64((short)id, at > 0 ? at + chunk.Moved : at);
                continue;
            }
            reader.Skip(type);
            if (id == 14 && chunk.BloomFilterAt > 0) thrift.WriteI64(14, chunk.BloomFilterAt);
            else if (id != 14) thrift.WriteCopy((short)id, type, footer[from..reader.Position]);
        }
    }

    private void WriteMetadata(List<KeyValuePair<string, string>> metadata)
    {
        if (metadata.Count == 0) return;
        thrift.BeginList(5, ThriftWriter.Struct, metadata.Count);
        foreach (var (key, value) in metadata)
        {
            thrift.BeginElement();
            thrift.WriteString(1, key);
            thrift.WriteString(2, value);
            thrift.EndStruct();
        }
    }
}
