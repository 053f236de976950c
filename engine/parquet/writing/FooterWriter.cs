using K2I.Columns;

namespace K2I.Parquet;

/// <summary>Writes FileMetaData (parquet.thrift): schema, row groups, key-value metadata.</summary>
internal sealed class FooterWriter(SchemaNode[] columns, LeafWriter[] leaves, ParquetOptions options, ThriftWriter thrift)
{
    private const int Required = 0, Optional = 1, Repeated = 2;

    private const short Variant = 16;

    /// <summary>Of the encoding of variants.</summary>
    private const byte VariantVersion = 1;

    /// <param name="indexesAt">Where the column indexes begin; the offset indexes follow them. Both in the order of row groups and columns.</param>
    internal void Write(long rows, List<RowGroup> groups, List<KeyValuePair<string, string>> metadata, long indexesAt, long offsetIndexesAt)
    {
        thrift.Reset();
        thrift.WriteI32(1, options.DataPageV2 ? 2 : 1);
        thrift.BeginList(2, ThriftWriter.Struct, 1 + columns.Sum(CountElements));
        thrift.BeginElement();
        thrift.WriteString(4, "table");
        thrift.WriteI32(5, columns.Length);
        thrift.EndStruct();
        foreach (var column in columns) WriteNode(column);
        thrift.WriteI64(3, rows);
        thrift.BeginList(4, ThriftWriter.Struct, groups.Count);
        for (var i = 0; i < groups.Count; i++) WriteRowGroup(groups[i], i, ref indexesAt, ref offsetIndexesAt);
        if (metadata.Count > 0) WriteMetadata(metadata);
        thrift.WriteString(6, options.CreatedBy);
        thrift.BeginList(7, ThriftWriter.Struct, leaves.Length);
        for (var i = 0; i < leaves.Length; i++)
        {
            thrift.BeginElement();
            thrift.WriteEmptyStruct(1);
            thrift.EndStruct();
        }
        thrift.End();
    }

    private static int CountElements(SchemaNode node) => 1 + (node.Field.Type is ListType or MapType ? 1 : 0) + node.Children.Sum(CountElements);

    private void WriteNode(SchemaNode node)
    {
        switch (node.Field.Type)
        {
            case PrimitiveType type:
                WriteLeaf(node, type);
                break;
            case StructType:
                WriteGroup(node, node.Children.Length, -1, 0);
                break;
            case VariantType:
                WriteGroup(node, node.Children.Length, -1, Variant);
                break;
            case ListType:
                WriteGroup(node, 1, 3, 3);
                WriteRepeated("list", 1);
                break;
            default:
                WriteGroup(node, 1, 1, 2);
                WriteRepeated("key_value", 2);
                break;
        }
        foreach (var child in node.Children) WriteNode(child);
    }

    private void WriteGroup(SchemaNode node, int children, int convertedType, short logicalType)
    {
        thrift.BeginElement();
        thrift.WriteI32(3, node.Required ? Required : Optional);
        thrift.WriteString(4, node.ParquetPath[^1]);
        thrift.WriteI32(5, children);
        if (convertedType >= 0) thrift.WriteI32(6, convertedType);
        WriteId(node);
        if (logicalType > 0)
        {
            thrift.BeginStruct(10);
            thrift.BeginStruct(logicalType);
            if (logicalType == Variant) thrift.WriteByte(1, VariantVersion);
            thrift.EndStruct();
            thrift.EndStruct();
        }
        thrift.EndStruct();
    }

    private void WriteRepeated(string name, int children)
    {
        thrift.BeginElement();
        thrift.WriteI32(3, Repeated);
        thrift.WriteString(4, name);
        thrift.WriteI32(5, children);
        thrift.EndStruct();
    }

    private void WriteLeaf(SchemaNode node, PrimitiveType type)
    {
        var physical = leaves[node.Leaf].Physical;
        thrift.BeginElement();
        thrift.WriteI32(1, (int)physical);
        if (physical == PhysicalType.FixedLenByteArray) thrift.WriteI32(2, PhysicalTypes.FixedLength(type));
        thrift.WriteI32(3, node.Required ? Required : Optional);
        thrift.WriteString(4, node.ParquetPath[^1]);
        LogicalTypes.WriteConverted(thrift, type);
        WriteId(node);
        LogicalTypes.WriteLogical(thrift, type);
        thrift.EndStruct();
    }

    private void WriteId(SchemaNode node)
    {
        if (node.Field.Id > 0) thrift.WriteI32(9, node.Field.Id);
    }

    private void WriteRowGroup(RowGroup group, int ordinal, ref long columnIndexAt, ref long offsetIndexAt)
    {
        thrift.BeginElement();
        thrift.BeginList(1, ThriftWriter.Struct, group.Columns.Length);
        for (var i = 0; i < group.Columns.Length; i++)
        {
            var chunk = group.Columns[i];
            thrift.BeginElement();
            thrift.WriteI64(2, 0);
            thrift.BeginStruct(3);
            WriteColumn(leaves[i], chunk);
            thrift.EndStruct();
            if (chunk.OffsetIndexBytes > 0)
            {
                thrift.WriteI64(4, offsetIndexAt);
                thrift.WriteI32(5, chunk.OffsetIndexBytes);
            }
            if (chunk.ColumnIndexBytes > 0)
            {
                thrift.WriteI64(6, columnIndexAt);
                thrift.WriteI32(7, chunk.ColumnIndexBytes);
            }
            offsetIndexAt += chunk.OffsetIndexBytes;
            columnIndexAt += chunk.ColumnIndexBytes;
            thrift.EndStruct();
        }
        thrift.WriteI64(2, group.Columns.Sum(c => c.UncompressedBytes));
        thrift.WriteI64(3, group.Rows);
        WriteSorting();
        thrift.WriteI64(5, group.Start);
        thrift.WriteI64(6, group.Columns.Sum(c => c.CompressedBytes));
        if (ordinal <= short.MaxValue) thrift.WriteI16(7, (short)ordinal);
        thrift.EndStruct();
    }

    private void WriteSorting()
    {
        if (options.SortingColumns.IsEmpty) return;
        thrift.BeginList(4, ThriftWriter.Struct, options.SortingColumns.Length);
        foreach (var column in options.SortingColumns)
        {
            thrift.BeginElement();
            thrift.WriteI32(1, Array.FindIndex(leaves, l => l.Node.Field.Id == column.FieldId));
            thrift.WriteBool(2, column.Descending);
            thrift.WriteBool(3, column.NullsFirst);
            thrift.EndStruct();
        }
    }

    private void WriteColumn(LeafWriter leaf, ColumnChunk chunk)
    {
        thrift.WriteI32(1, (int)leaf.Physical);
        var dictionary = chunk.DictionaryPages > 0;
        var values = chunk.ValuePages > 0 && !(dictionary && chunk.ValueEncoding == PageEncoding.Plain);
        thrift.BeginList(2, ThriftWriter.I32, 1 + (values ? 1 : 0) + (dictionary ? 2 : 0));
        if (values) thrift.ZigZag((int)chunk.ValueEncoding);
        if (dictionary) thrift.ZigZag((int)PageEncoding.Plain);
        thrift.ZigZag((int)PageEncoding.Rle);
        if (dictionary) thrift.ZigZag((int)PageEncoding.RleDictionary);
        thrift.BeginList(3, ThriftWriter.Binary, leaf.Node.ParquetPath.Length);
        foreach (var name in leaf.Node.ParquetPath) thrift.StringElement(name);
        thrift.WriteI32(4, (int)options.Codec);
        thrift.WriteI64(5, chunk.Entries);
        thrift.WriteI64(6, chunk.UncompressedBytes);
        thrift.WriteI64(7, chunk.CompressedBytes);
        thrift.WriteI64(9, chunk.DataOffset);
        if (dictionary) thrift.WriteI64(11, chunk.DictionaryOffset);
        WriteStatistics(leaf, chunk);
        WriteEncodings(chunk, dictionary);
        if (chunk.BloomBytes > 0)
        {
            thrift.WriteI64(14, chunk.BloomOffset);
            thrift.WriteI32(15, chunk.BloomBytes);
        }
        if (leaf.Physical == PhysicalType.ByteArray)
        {
            thrift.BeginStruct(16);
            thrift.WriteI64(1, chunk.UnencodedBytes);
            thrift.EndStruct();
        }
    }

    private void WriteStatistics(LeafWriter leaf, ColumnChunk chunk)
    {
        thrift.BeginStruct(12);
        thrift.WriteI64(3, chunk.Nulls);
        if (chunk.Distinct >= 0) thrift.WriteI64(4, chunk.Distinct);
        if (chunk.Max is not null) thrift.WriteBinary(5, chunk.Max);
        if (chunk.Min is not null) thrift.WriteBinary(6, chunk.Min);
        if (chunk.Max is not null) thrift.WriteBool(7, chunk.MaxExact);
        if (chunk.Min is not null) thrift.WriteBool(8, chunk.MinExact);
        if (leaf.Physical is PhysicalType.Float or PhysicalType.Double) thrift.WriteI64(9, chunk.Nans);
        thrift.EndStruct();
    }

    private void WriteEncodings(ColumnChunk chunk, bool dictionary)
    {
        thrift.BeginList(13, ThriftWriter.Struct, (dictionary ? 2 : 0) + (chunk.ValuePages > 0 ? 1 : 0));
        if (dictionary)
        {
            WriteEncoding(PageType.Dictionary, PageEncoding.Plain, 1);
            WriteEncoding(DataPage, PageEncoding.RleDictionary, chunk.DictionaryPages);
        }
        if (chunk.ValuePages > 0) WriteEncoding(DataPage, chunk.ValueEncoding, chunk.ValuePages);
    }

    private PageType DataPage => options.DataPageV2 ? PageType.DataV2 : PageType.Data;

    private void WriteEncoding(PageType type, PageEncoding encoding, int pages)
    {
        thrift.BeginElement();
        thrift.WriteI32(1, (int)type);
        thrift.WriteI32(2, (int)encoding);
        thrift.WriteI32(3, pages);
        thrift.EndStruct();
    }

    private void WriteMetadata(List<KeyValuePair<string, string>> metadata)
    {
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
