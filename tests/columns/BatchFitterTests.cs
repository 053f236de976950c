using K2I.Memory;

namespace K2I.Columns.Tests;

public sealed class BatchFitterTests
{
    private static readonly Schema Old = FieldIds.NewSchema(
    [
        new Field(0, "id", PrimitiveType.Long, true),
        new Field(0, "at", new StructType([new Field(0, "city", PrimitiveType.String, false)]), false),
        new Field(0, "items", ListType.Of(0, new StructType([new Field(0, "n", PrimitiveType.Int, false)])), false),
    ]);

    [Fact]
    public void RowsOfAnOlderSchemaDoNotFitAColumnWithADefault()
    {
        Schema With(Field field) => new(1, new StructType([.. Old.Fields, field]));
        var plain = new Field(20, "first", PrimitiveType.Int, false);
        Assert.True(BatchFitter.Fits(Old, With(plain)));
        Assert.False(BatchFitter.Fits(Old, With(plain with { InitialDefault = "1" })));
        Assert.False(BatchFitter.Fits(Old, With(plain with { WriteDefault = "1" })));
    }

    [Fact]
    public void RowsOfAnOlderSchemaHaveNullsInColumnsThatCameLater()
    {
        var at = (StructType)Old.Fields[1].Type;
        var items = (ListType)Old.Fields[2].Type;
        var item = (StructType)items.Element.Type;
        var added = new Schema(1, new StructType(
        [
            new Field(20, "first", MapType.Of(21, PrimitiveType.String, 22, PrimitiveType.Uuid), false),
            Old.Fields[1] with { Type = new StructType([new Field(23, "zip", PrimitiveType.Int, false), .. at.Fields]) },
            Old.Fields[0],
            Old.Fields[2] with { Type = items with { Element = items.Element with { Type = new StructType([.. item.Fields, new Field(24, "tags", ListType.Of(25, PrimitiveType.String), false)]) } } },
            new Field(26, "flag", PrimitiveType.Boolean, false),
        ]));
        Assert.True(BatchFitter.Fits(Old, added));
        using var rows = new BatchBuilder(Old, MemoryTag.Ring, 1 << 20);
        for (var i = 0; i < 3; i++)
        {
            rows.Column(0).AppendLong(i);
            rows.Column(1).Child(0).AppendBytes("Ulm"u8);
            rows.Column(1).EndStruct();
            rows.Column(2).Child(0).Child(0).AppendInt(i);
            rows.Column(2).Child(0).EndStruct();
            rows.Column(2).EndList();
            Assert.True(rows.EndRow());
        }
        using var fitter = new BatchFitter(added);
        var fitted = fitter.Fit(rows.View());
        Assert.Equal((added, 3, 5), (fitted.Schema, fitted.Rows, fitted.Columns.Length));
        Assert.True(fitted.Columns[0].IsNull(2));
        Assert.Equal([0, 0, 0, 0], fitted.Columns[0].Offsets.ToArray());
        Assert.True(fitted.Columns[1].Children[0].IsNull(0));
        Assert.False(fitted.Columns[1].IsNull(0));
        Assert.Equal("Ulm"u8, fitted.Columns[1].Children[1].Bytes(2));
        Assert.Equal([0L, 1, 2], fitted.Columns[2].Values<long>().ToArray());
        Assert.Equal([0, 1, 2], fitted.Columns[3].Children[0].Children[0].Values<int>().ToArray());
        Assert.True(fitted.Columns[3].Children[0].Children[1].IsNull(1));
        Assert.True(fitted.Columns[4].IsNull(0));
        Assert.Same(fitted, fitter.Fit(fitted));
    }

    [Fact]
    public void RowsThatWouldLoseSomethingDoNotFit()
    {
        Assert.True(BatchFitter.Fits(Old, Old));
        var without = new Schema(1, new StructType([.. Old.Fields.Skip(1)]));
        Assert.False(BatchFitter.Fits(Old, without));
        Assert.False(BatchFitter.Fits(without, Old));
        Assert.False(BatchFitter.Fits(Old, new(1, new StructType([Old.Fields[0] with { Type = PrimitiveType.String }, .. Old.Fields.Skip(1)]))));
        var nullable = new Schema(1, new StructType([Old.Fields[0] with { Required = false }, .. Old.Fields.Skip(1)]));
        Assert.True(BatchFitter.Fits(Old, nullable));
        Assert.False(BatchFitter.Fits(nullable, Old));
    }
}
