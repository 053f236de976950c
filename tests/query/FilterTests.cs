using K2I.Columns;
using K2I.Iceberg.Tests;
using Xunit.Abstractions;

namespace K2I.Query.Tests;

/// <summary>What a filter says of rows in memory, which kernels run over, and of the same rows in files, where each row is asked.</summary>
public class FilterTests(ITestOutputHelper output)
{
    private static readonly PrimitiveType[] Types =
    [
        PrimitiveType.Boolean, PrimitiveType.Int, PrimitiveType.Long, PrimitiveType.Float, PrimitiveType.Double, PrimitiveType.Date,
        PrimitiveType.Time, PrimitiveType.Timestamp, PrimitiveType.TimestampTz, PrimitiveType.TimestampNs, PrimitiveType.TimestampTzNs,
        PrimitiveType.String, PrimitiveType.Uuid, PrimitiveType.Binary, PrimitiveType.Fixed(3), PrimitiveType.Decimal(9, 2),
        PrimitiveType.Decimal(38, 10),
    ];

    [Fact]
    public void AFilterMeansTheSameInMemoryAndInFiles()
    {
        var compared = 0;
        for (var seed = 1; seed <= 16; seed++)
        {
            var random = new Random(seed);
            using var table = new HotTable(RandomSchema(random));
            using var rows = new RandomRows(random).Fill(table.Schema, random.Next(1, 700));
            table.Add(rows.View());
            table.Flush();
            var filters = new RandomFilters(random, rows.View());
            for (var i = 0; i < 25; i++)
            {
                var filter = filters.Next();
                var cold = Answers.Rows(table, QuerySource.Cold, filter);
                var hot = Answers.Rows(table, QuerySource.Hot, filter);
                if (!cold.SequenceEqual(hot)) output.WriteLine($"seed {seed}: {filter}\n{table.Schema.Struct}");
                Assert.Equal(cold, hot);
                compared += cold.Length;
            }
        }
        Assert.True(compared > 10_000);
    }

    private static Schema RandomSchema(Random random)
    {
        var id = 0;
        var fields = new List<Field>();
        foreach (var type in Types.OrderBy(_ => random.Next()).Take(random.Next(2, 10))) fields.Add(Named(type));
        var inner = Named(new StructType([Named(Types[random.Next(Types.Length)])]));
        fields.Add(Named(new StructType([Named(Types[random.Next(Types.Length)]), inner])));
        fields.Add(Named(ListType.Of(++id, PrimitiveType.Int, false)));
        return FieldIds.NewSchema(fields);

        Field Named(DataType type) => new(++id, $"c{id}", type, random.Next(4) == 0);
    }
}
