using System.Buffers.Binary;

using K2I.Columns;

namespace K2I.Iceberg.Tests;

public sealed class PartitionRouterTests
{
    private static readonly Transform[] Transforms =
        [Transform.Identity, Transform.Bucket(7), Transform.Truncate(3), Transform.Year, Transform.Month, Transform.Day, Transform.Hour, Transform.Void];

    public static TheoryData<TypeKind> Kinds => [.. Types.Primitives];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void RoutesLikeTheTransformsOneByOne(TypeKind kind)
    {
        var type = Types.Of(kind);
        var schema = Schema.Of(
            new Field(1, "a", type, false),
            new Field(2, "s", new StructType([new Field(3, "t", new StructType([new Field(4, "b", type, false)]), false)]), false));
        using var rows = new RandomRows(new Random((int)kind)).Fill(schema, 500);
        var columns = rows.View().Columns;
        var fields = Transforms.Where(t => t.Accepts(type))
            .SelectMany((t, at) => new[] { new PartitionField(1, 1000 + at, $"a{at}", t), new PartitionField(4, 1100 + at, $"b{at}", t) }).ToList();
        foreach (var spec in (PartitionSpec[])[new(0, [.. fields]), .. fields.Select(f => new PartitionSpec(0, [f])), PartitionSpec.Unpartitioned])
        {
            var router = new PartitionRouter(spec, schema);
            var indexes = new int[500];
            router.Route(columns, 0, indexes.AsSpan(0, 123));
            router.Route(columns, 123, indexes.AsSpan(123));
            var seen = new Dictionary<PartitionTuple, int>();
            for (var row = 0; row < indexes.Length; row++)
            {
                var expected = new PartitionTuple([.. spec.Fields.Select(f => TransformFunctions.Apply(f.Transform, type, ValueAt(f.SourceId == 1 ? columns[0] : columns[1], row, type)))]);
                seen.TryAdd(expected, seen.Count);
                Assert.Equal(expected, router.Partitions[indexes[row]]);
                Assert.Equal(seen[expected], indexes[row]);
            }
            Assert.Equal(seen.Count, router.Partitions.Count);
        }
    }

    [Fact]
    public void RoutingKnownPartitionsAllocatesNothing()
    {
        var schema = Schema.Of(new Field(1, "id", PrimitiveType.Long, true), new Field(2, "s", PrimitiveType.String, false), new Field(3, "t", PrimitiveType.TimestampTz, false), new Field(4, "d", PrimitiveType.Decimal(20, 2), false));
        using var rows = new RandomRows(new Random(1)).Fill(schema, 5000);
        var columns = rows.View().Columns;
        IReadOnlyList<ColumnView> views = columns;
        var router = new PartitionRouter(PartitionSpecText.Parse("bucket(8, id), truncate(2, s) as p, year(t), d", schema), schema);
        var indexes = new int[5000];
        router.Route(views, 0, indexes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        router.Route(views, 0, indexes);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static byte[]? ValueAt(ColumnView view, int row, PrimitiveType type)
    {
        while (view.Layout == ColumnLayout.Struct)
        {
            if (view.IsNull(row)) return null;
            view = view.Children[0];
        }
        if (view.IsNull(row)) return null;
        return type.Kind switch
        {
            TypeKind.Boolean => [view.Bit(row) ? (byte)1 : (byte)0],
            TypeKind.Decimal => SingleValue.OfDecimal(BinaryPrimitives.ReadInt128LittleEndian(view.Bytes(row))),
            _ => view.Bytes(row).ToArray(),
        };
    }
}
