namespace K2I.Columns.Tests;

/// <summary>Random schemas, and rows of them that are read back against a model.</summary>
internal static class RandomBatch
{
    private static readonly PrimitiveType[] Primitives =
    [
        PrimitiveType.Boolean, PrimitiveType.Int, PrimitiveType.Long, PrimitiveType.Double, PrimitiveType.Uuid, PrimitiveType.Binary,
        PrimitiveType.String, PrimitiveType.String,
    ];

    internal static Schema Schema(Random random)
    {
        var id = 0;
        return K2I.Columns.Schema.Of([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Field(random, ref id, 0))]);
    }

    /// <summary>
    /// Fills the batch until a row does not fit, abandoning some rows on the way, and reads it back; then again with rows of another size.
    /// </summary>
    internal static void FillTwice(BatchBuilder builder, Random random, int least)
    {
        for (var round = 0; round < 2; round++)
        {
            builder.Reset();
            var largest = round == 0 ? 60 : 10;
            List<object?[]> rows = [];
            while (true)
            {
                var row = builder.Schema.Fields.Select(f => Value(f.Type, random, largest)).ToArray();
                for (var i = 0; i < row.Length; i++) Append(builder.Column(i), row[i]);
                if (random.Next(10) == 0)
                {
                    builder.AbandonRow();
                    continue;
                }
                if (!builder.EndRow()) break;
                rows.Add(row);
            }
            Assert.Equal(rows.Count, builder.Rows);
            Assert.True(rows.Count >= least);
            var batch = builder.View();
            for (var c = 0; c < batch.Columns.Length; c++)
                for (var r = 0; r < rows.Count; r++) Same(rows[r][c], batch.Columns[c], r);
        }
    }

    private static Field Field(Random random, ref int id, int depth)
    {
        var own = ++id;
        DataType type = (depth < 2 ? random.Next(9) : 0) switch
        {
            6 => new StructType([Field(random, ref id, depth + 1), Field(random, ref id, depth + 1)]),
            7 => new ListType(Field(random, ref id, depth + 1)),
            8 => MapType.Of(++id, PrimitiveType.String, ++id, PrimitiveType.Long),
            _ => Primitives[random.Next(Primitives.Length)],
        };
        return new(own, "f" + own, type, false);
    }

    /// <summary>A boolean, bytes (of any primitive), or the values of a struct or list; null one in six.</summary>
    private static object? Value(DataType type, Random random, int largest)
    {
        if (random.Next(6) == 0) return null;
        switch (type)
        {
            case StructType s:
                return s.Fields.Select(f => Value(f.Type, random, largest)).ToArray();
            case ListType l:
                return Enumerable.Range(0, random.Next(4)).Select(_ => Value(l.Element.Type, random, largest)).ToArray();
            case MapType m:
                return Enumerable.Range(0, random.Next(4)).Select(_ => Value(m.EntryField.Type, random, largest)).ToArray();
        }
        var (layout, width) = ColumnBuilder.LayoutOf(type);
        if (layout == ColumnLayout.Bits) return random.Next(2) == 0;
        var bytes = new byte[layout == ColumnLayout.Fixed ? width : random.Next(largest)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static void Append(ColumnBuilder column, object? value)
    {
        switch (value)
        {
            case null:
                column.AppendNull();
                break;
            case bool bit:
                column.AppendBool(bit);
                break;
            case byte[] bytes when column.Layout == ColumnLayout.Bytes:
                // Three ways to write the same.
                if (bytes.Length % 3 == 0)
                {
                    column.AppendBytes(bytes);
                }
                else if (bytes.Length % 3 == 1)
                {
                    column.AppendBytes([.. bytes, .. new byte[32]], bytes.Length);
                }
                else
                {
                    var room = column.BeginBytes(bytes.Length + 100);
                    if (!room.IsEmpty) bytes.CopyTo(room);
                    column.EndBytes(bytes.Length);
                }
                break;
            case byte[] { Length: 4 } bytes:
                column.AppendInt(BitConverter.ToInt32(bytes));
                break;
            case byte[] { Length: 8 } bytes:
                column.AppendLong(BitConverter.ToInt64(bytes));
                break;
            case byte[] bytes:
                column.AppendFixed(bytes);
                break;
            case object?[] values when column.Layout == ColumnLayout.Struct:
                for (var i = 0; i < values.Length; i++) Append(column.Child(i), values[i]);
                column.EndStruct();
                break;
            case object?[] values:
                foreach (var element in values) Append(column.Child(0), element);
                column.EndList();
                break;
        }
    }

    private static void Same(object? expected, ColumnView column, int at)
    {
        Assert.Equal(expected is null, column.IsNull(at));
        switch (expected)
        {
            case bool bit:
                Assert.Equal(bit, column.Bit(at));
                break;
            case byte[] bytes:
                Assert.True(column.Bytes(at).SequenceEqual(bytes));
                break;
            case object?[] values when column.Layout == ColumnLayout.Struct:
                for (var i = 0; i < values.Length; i++) Same(values[i], column.Children[i], at);
                break;
            case object?[] values:
                Assert.Equal(values.Length, column.Offsets[at + 1] - column.Offsets[at]);
                for (var i = 0; i < values.Length; i++) Same(values[i], column.Children[0], column.Offsets[at] + i);
                break;
        }
    }
}
