using System.Globalization;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Ring.Tests;

/// <summary>What the kernel says that the pool's memory takes, against what accounts are charged.</summary>
public sealed class ResidentMemoryTests
{
    private const long KiB = 1 << 10, MiB = 1 << 20;

    private static readonly StructType Point =
        new([new Field(9, "x", PrimitiveType.Int, false), new Field(10, "name", PrimitiveType.String, false)]);

    private static readonly Schema Nested = Schema.Of(
        new Field(1, "id", PrimitiveType.Long, true),
        new Field(2, "text", PrimitiveType.String, false),
        new Field(3, "flag", PrimitiveType.Boolean, false),
        new Field(4, "key", PrimitiveType.Uuid, false),
        new Field(5, "tags", ListType.Of(6, PrimitiveType.String), false),
        new Field(7, "points", ListType.Of(8, Point), false));

    [Fact]
    public void TenThousandQuietTablesTakeHalfOf320MiBAndFewMappings()
    {
        var mappings = Mappings();
        using var pool = new SegmentPool(320 * MiB);
        var segments = new List<Segment>();
        for (var i = 0; i < 10_000; i++)
        {
            var segment = pool.Open().TryOpen(Rows.Events, SegmentGrowth.Start.WantedBytes)!;
            Assert.Equal(SegmentClasses.Smallest, segment.BudgetBytes);
            for (var row = 0; row < 20; row++) Assert.True(Rows.AppendEvent(segment, i, "a usual text"u8));
            segments.Add(segment);
        }
        Assert.Equal(10_000 * SegmentClasses.Smallest, pool.HeldBytes);
        Assert.InRange(Resident(), 10_000 * 20 * 200, pool.HeldBytes);
        // Others of the process may go meanwhile.
        Assert.True(Mappings() - mappings <= 200);
        foreach (var segment in segments) segment.Discard();
        Assert.Equal(0, Resident());
    }

    /// <summary>
    /// Rows of any shape, until each class is full: what is resident is never more than what is charged, and most of it in the end.
    /// </summary>
    [Theory]
    [InlineData(16 * KiB, 0.35)]
    [InlineData(64 * KiB, 0.35)]
    [InlineData(256 * KiB, 0.35)]
    [InlineData(1 * MiB, 0.75)]
    [InlineData(4 * MiB, 0.9)]
    [InlineData(16 * MiB, 0.95)]
    public void AFullSegmentTakesItsClassAndNoMore(long bytes, double atLeast)
    {
        using var pool = new SegmentPool(64 * MiB);
        var segment = pool.Open().TryOpen(Nested, bytes)!;
        Assert.Equal(bytes, segment.BudgetBytes);
        var random = new Random(1);
        for (var i = 0L; AppendNested(segment, i, random, texts: 40); i++)
            if (i % 10_000 == 0) Assert.InRange(Resident(), 0, bytes);
        Assert.InRange(Resident(), (long)(bytes * 0.1), bytes);
        Assert.InRange(segment.Rows.UsedBytes, (long)(bytes * atLeast), bytes);
    }

    /// <summary>Pages of the rows before are no room for rows of another shape: they are given back while the new rows come.</summary>
    [Fact]
    public void ReusedMemoryOfAnotherShapeOfRowsStaysWithinItsClass()
    {
        using var pool = new SegmentPool(16 * MiB);
        var account = pool.Open();
        var random = new Random(2);
        for (var round = 0; round < 6; round++)
        {
            var segment = account.TryOpen(Nested, 4 * MiB)!;
            Assert.Equal(4 * MiB, segment.BudgetBytes);
            var rows = 0;
            while (AppendNested(segment, rows, random, texts: round % 2 == 0 ? 2 : 200))
                if (++rows % 5_000 == 0) Assert.InRange(Resident(), 0, 4 * MiB);
            Assert.InRange(segment.Rows.UsedBytes, (long)(4 * MiB * 0.85), 4 * MiB);
            segment.Seal();
            Assert.Equal(Enumerable.Range(0, rows).Select(i => (long)i), segment.View().Columns[0].Values<long>().ToArray());
            Rows.Flush(segment);
            Assert.InRange(Resident(), 1 * MiB, 4 * MiB);
        }
    }

    [Fact]
    public void IdleMemoryGoesBeforeTheBudgetIsPassed()
    {
        using var pool = new SegmentPool(8 * MiB);
        for (var table = 0; table < 6; table++)
        {
            var account = pool.Open();
            List<Segment> segments = [];
            while (account.TryOpen(Rows.Numbers, 2 * MiB) is { } segment)
            {
                for (var i = 0L; Rows.Append(segment, i); i++) Assert.True(i < 1_000_000);
                segments.Add(segment);
                Assert.InRange(Resident(), 1, pool.BudgetBytes);
            }
            Assert.True(Resident() > 6 * MiB);
            foreach (var segment in segments) segment.Discard();
        }
    }

    [Fact]
    public void ManyTablesOfManyShapesStayWithinTheBudget()
    {
        var random = new Random(3);
        using var pool = new SegmentPool(16 * MiB);
        var accounts = Enumerable.Range(0, 50)
            .Select(i => (Account: pool.Open(), Growth: SegmentGrowth.Start, Schema: i % 2 == 0 ? Nested : Rows.Numbers)).ToArray();
        List<Segment> full = [];
        for (var step = 0; step < 2_000; step++)
        {
            ref var table = ref accounts[Math.Min(random.Next(50), random.Next(50))];
            if (table.Account.TryOpen(table.Schema, table.Growth.WantedBytes) is { } segment)
            {
                var toFill = random.Next(3) > 0;
                var rows = 0;
                while ((toFill || rows < 10) && Append(table.Schema, segment, rows)) rows++;
                table.Growth = SegmentGrowth.After(segment.BudgetBytes, segment.Rows.UsedBytes, toFill);
                segment.Seal();
                full.Add(segment);
            }
            else if (full.Count > 0)
            {
                var at = random.Next(full.Count);
                Rows.Flush(full[at]);
                full.RemoveAt(at);
            }
            if (step % 50 == 0) Assert.InRange(Resident(), 0, pool.BudgetBytes);
        }
        Assert.InRange(pool.HeldBytes, 1, pool.BudgetBytes);
        foreach (var segment in full) Rows.Flush(segment);
        Assert.Equal(0, pool.HeldBytes);
        pool.Dispose();
        Assert.Equal((0, 0), (MemoryLedger.Bytes(MemoryTag.Ring), Resident()));

        bool Append(Schema schema, Segment segment, long id) =>
            schema == Nested ? AppendNested(segment, id, random, random.Next(100)) : Rows.Append(segment, id);
    }

    private static bool AppendNested(Segment segment, long id, Random random, int texts)
    {
        Span<byte> text = stackalloc byte[texts + 1];
        text.Fill((byte)'x');
        var rows = segment.Rows;
        rows.Column(0).AppendLong(id);
        rows.Column(1).AppendBytes(text[..random.Next(text.Length)]);
        rows.Column(2).AppendBool(id % 2 == 0);
        rows.Column(3).AppendFixed(stackalloc byte[16]);
        for (var i = random.Next(4); i > 0; i--) rows.Column(4).Child(0).AppendBytes(text[..random.Next(text.Length)]);
        rows.Column(4).EndList();
        if (random.Next(3) == 0)
        {
            rows.Column(5).AppendNull();
        }
        else
        {
            for (var i = random.Next(3); i > 0; i--)
            {
                rows.Column(5).Child(0).Child(0).AppendInt(i);
                rows.Column(5).Child(0).Child(1).AppendBytes(text);
                rows.Column(5).Child(0).EndStruct();
            }
            rows.Column(5).EndList();
        }
        return rows.EndRow();
    }

    private static int Mappings() => File.ReadLines("/proc/self/maps").Count();

    /// <summary>Resident bytes of mappings that are neither reserved nor of huge pages: only native buffers are mapped so.</summary>
    private static long Resident()
    {
        var (sum, rss) = (0L, 0L);
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0] == "Rss:") rss = long.Parse(words[1], CultureInfo.InvariantCulture) * 1024;
            else if (words[0] == "VmFlags:" && words.Contains("nr") && words.Contains("nh")) sum += rss;
        }
        return sum;
    }
}
