using System.Numerics;

using K2I.Columns;
using K2I.Memory;
using Xunit.Abstractions;

namespace K2I.Iceberg.Tests;

/// <summary>Keys are in the order that the values are in, as the table spec orders them.</summary>
public sealed class OrderKeyTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void KeysAreInTheOrderOfTheirValues(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var fields = Types.Primitives.Select((k, i) => new Field(i + 1, $"f{i + 1}", Types.Of(k), false)).ToArray();
        var schema = Schema.Of(fields);
        using var rows = new RandomRows(random).Fill(schema, 300);
        var batch = rows.View();
        foreach (var field in fields)
        {
            var (descending, nullsLast) = (random.Next(2) == 0, random.Next(2) == 0);
            var key = OrderKey.BySortOrder(new SortOrder(1, [new SortField(field.Id, Transform.Identity, descending, nullsLast)]), schema);
            var column = batch.Columns[field.Id - 1];
            var keys = Enumerable.Range(0, batch.Rows).Select(r => key.Of(batch, new(r)).ToArray()).ToList();
            for (var n = 0; n < 2000; n++)
            {
                var (a, b) = (random.Next(batch.Rows), random.Next(batch.Rows));
                var expected = column.IsNull(a) || column.IsNull(b)
                    ? (column.IsNull(a) ? 1 : 0) - (column.IsNull(b) ? 1 : 0)
                    : Compare(column, a, b);
                if (column.IsNull(a) || column.IsNull(b)) expected = nullsLast ? expected : -expected;
                else if (descending) expected = -expected;
                Assert.Equal(Math.Sign(expected), Math.Sign(keys[a].AsSpan().SequenceCompareTo(keys[b])));
            }
        }
    }

    [Fact]
    public void TextIsInOrderAlsoWhereItHasZerosOrIsThePrefixOfAnother()
    {
        byte[][] values = [[], [0], [0, 0], [0, 1], [0, 255], [1], [1, 0], [1, 0, 0], [1, 1], [255], [255, 0], [255, 255]];
        var schema = Schema.Of(new Field(1, "a", PrimitiveType.Binary, true), new Field(2, "b", PrimitiveType.Int, true));
        foreach (var descending in (bool[])[false, true])
        {
            using var rows = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
            foreach (var value in values)
                foreach (var number in (int[])[-1, 0, 1])
                {
                    rows.Column(0).AppendBytes(value);
                    rows.Column(1).AppendInt(number);
                    rows.EndRow();
                }
            var order = new SortOrder(1,
                [new SortField(1, Transform.Identity, descending, false), new SortField(2, Transform.Identity, false, false)]);
            var key = OrderKey.BySortOrder(order, schema);
            var keys = Enumerable.Range(0, rows.Rows).Select(r => key.Of(rows.View(), new(r)).ToArray()).ToList();
            for (var a = 0; a < keys.Count; a++)
                for (var b = 0; b < keys.Count; b++)
                {
                    var byText = (a / 3).CompareTo(b / 3) * (descending ? -1 : 1);
                    Assert.Equal(Math.Sign(byText != 0 ? byText : a.CompareTo(b)), Math.Sign(keys[a].AsSpan().SequenceCompareTo(keys[b])));
                }
        }
    }

    private static int Compare(ColumnView column, int a, int b)
    {
        switch (column.Field.Type.Kind)
        {
            case TypeKind.Boolean:
                return column.Bit(a).CompareTo(column.Bit(b));
            case TypeKind.Int or TypeKind.Date:
                return column.Value<int>(a).CompareTo(column.Value<int>(b));
            case TypeKind.Float:
                return Total((double)column.Value<float>(a), column.Value<float>(b));
            case TypeKind.Double:
                return Total(column.Value<double>(a), column.Value<double>(b));
            case TypeKind.Decimal:
                return column.Value<Int128>(a).CompareTo(column.Value<Int128>(b));
            case TypeKind.String or TypeKind.Binary or TypeKind.Fixed or TypeKind.Uuid:
                return column.Bytes(a).SequenceCompareTo(column.Bytes(b));
            default:
                return column.Value<long>(a).CompareTo(column.Value<long>(b));
        }
    }

    private static int Total<T>(T a, T b) where T : IFloatingPointIeee754<T> => new TotalOrderIeee754Comparer<T>().Compare(a, b);
}
