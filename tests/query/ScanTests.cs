using System.Buffers;
using System.Globalization;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;

namespace K2I.Query.Tests;

public class ScanTests
{
    private static readonly Schema Numbers = FieldIds.NewSchema(
        [new(1, "n", PrimitiveType.Long, true), new(2, "even", PrimitiveType.Boolean, false), new(3, "name", PrimitiveType.String, false)]);

    [Fact]
    public void ARowIsOnOneSideWhateverWasFlushed()
    {
        using var table = new HotTable(Numbers);
        for (var part = 0; part < 4; part++)
        {
            table.Add(100, Fill);
            if (part % 2 == 0) table.Flush();
        }
        var all = Enumerable.Range(0, 400).ToArray();
        Assert.Equal(all, N(Answers.Rows(table, QuerySource.Both)).Order());
        Assert.Equal(all, N(Answers.Rows(table, QuerySource.Hot)));
        Assert.Equal(all[..300], N(Answers.Rows(table, QuerySource.Cold)).Order());
        table.Retire();
        Assert.Equal(all, N(Answers.Rows(table, QuerySource.Both)).Order());
        Assert.Equal(all[300..], N(Answers.Rows(table, QuerySource.Hot)));
    }

    [Fact]
    public void RowsThatComeWhileAViewIsReadAreNotInIt()
    {
        using var table = new HotTable(Numbers);
        var segment = table.OpenSegment(table.Schema);
        table.Append(segment, 10, Fill);
        using var queries = Answers.Queries(table);
        using var stream = queries.Scan(new ScanQuestion { Table = HotTable.Name }, CancellationToken.None);
        table.Append(segment, 10, Fill);
        Assert.Equal("t:0:10", stream.Offsets.ToString());
        Assert.Equal(10, Answers.Rows(stream).Length);
        Assert.Equal(20, Answers.Rows(table, QuerySource.Both).Length);
    }

    [Fact]
    public void ColumnsComeInTheOrderWanted()
    {
        using var table = new HotTable(Numbers);
        table.Add(1, Fill);
        var question = new ScanQuestion { Table = HotTable.Name, Columns = ["name", "n"], Where = "even = true" };
        Assert.Equal(["""{"name":"row 0","n":0}"""], Answers.Rows(table, question));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70)]
    [InlineData(10_000)]
    public void OrderGivesTheFirstRowsOfBothSides(int limit)
    {
        using var table = new HotTable(Numbers);
        var random = new Random(5);
        var values = new List<long>();
        for (var part = 0; part < 3; part++)
        {
            table.Add(6000, (row, _) =>
            {
                values.Add(random.Next(3000));
                row.Column(0).AppendLong(values[^1]);
                row.Column(1).AppendNull();
                row.Column(2).AppendNull();
            });
            if (part == 0) table.Flush();
        }
        var question = new ScanQuestion { Table = HotTable.Name, Order = OrderBy.Parse("n desc"), Limit = limit };
        Assert.Equal(values.OrderDescending().Take(limit).Select(v => (int)v), N(Answers.Rows(table, question)));
        Assert.Equal(values.Order().Take(limit).Select(v => (int)v), N(Answers.Rows(table, question with { Order = OrderBy.Parse("n") })));
        var hidden = Answers.Rows(table, question with { Columns = ["name"], Limit = Math.Min(limit, 1) });
        Assert.Equal(limit == 0 ? [] : ["""{"name":null}"""], hidden);
    }

    [Fact]
    public void NullsComeLastEitherWay()
    {
        using var table = new HotTable(Numbers);
        table.Add(4, (row, i) =>
        {
            row.Column(0).AppendLong(i);
            row.Column(1).AppendNull();
            if (i % 2 == 0) row.Column(2).AppendNull();
            else row.Column(2).AppendBytes([(byte)('a' + i)]);
        });
        var question = new ScanQuestion { Table = HotTable.Name, Order = OrderBy.Parse("name, n desc") };
        Assert.Equal([1, 3, 2, 0], N(Answers.Rows(table, question)));
        Assert.Equal([3, 1, 0, 2], N(Answers.Rows(table, question with { Order = OrderBy.Parse("name desc, n asc") })));
    }

    [Fact]
    public void APastMomentIsReadFromFilesAlone()
    {
        using var table = new HotTable(Numbers);
        table.Add(10, Fill);
        table.Flush();
        var first = table.Cold.Metadata.CurrentSnapshot!;
        table.Add(10, Fill);
        table.Flush();
        table.Add(10, Fill);
        var question = new ScanQuestion { Table = HotTable.Name };
        Assert.Equal(10, Answers.Rows(table, question with { AsOf = first.SnapshotId.ToString() }).Length);
        Assert.Equal(20, Answers.Rows(table, question with { AsOf = "main" }).Length);
        Assert.Equal(20, Answers.Rows(table, question with { AsOf = "2999-01-01T00:00:00Z" }).Length);
        Assert.Equal(QueryFault.NotFound, Fault(table, question with { AsOf = "2001-01-01" }));
        Assert.Equal(QueryFault.NotFound, Fault(table, question with { AsOf = "17" }));
        Assert.Equal(QueryFault.NotFound, Fault(table, question with { AsOf = "yesterday" }));
    }

    [Theory]
    [InlineData("nothing", null, null, null)]
    [InlineData(null, "nothing = 1", null, null)]
    [InlineData(null, "n = one", null, null)]
    [InlineData(null, "n =", null, null)]
    [InlineData(null, null, "nothing", null)]
    [InlineData(null, null, null, -1L)]
    [InlineData(null, null, null, 10_000_001L)]
    public void WhatIsWrongWithAQuestionIsSaid(string? column, string? where, string? order, long? limit)
    {
        using var table = new HotTable(Numbers);
        var question = new ScanQuestion
        {
            Table = HotTable.Name,
            Columns = column is null ? [] : [column],
            Where = where,
            Order = order is null ? [] : OrderBy.Parse(order),
            Limit = limit,
        };
        Assert.Equal(QueryFault.BadQuestion, Fault(table, question));
    }

    [Fact]
    public void ATableThatIsNotThereOrHasNoColumnsIsSaid()
    {
        using var table = new HotTable(Numbers);
        Assert.Equal(QueryFault.NotFound, Fault(table, new ScanQuestion { Table = "db.other" }));
        table.HasColumns = false;
        Assert.Equal(QueryFault.Unavailable, Fault(table, new ScanQuestion { Table = HotTable.Name }));
        using var queries = Answers.Queries(table);
        Assert.Null(queries.Describe(HotTable.Name).Schema);
    }

    [Fact]
    public void OffsetsAreWaitedForAndWhereTheyAreIsSaid()
    {
        using var table = new HotTable(Numbers);
        table.Add(5, Fill);
        var question = new ScanQuestion { Table = HotTable.Name, MinOffsets = OffsetVector.Parse("t:0:10"), WaitMs = 1 };
        Assert.Equal(QueryFault.NotReached, Fault(table, question));
        Assert.Equal(5, Answers.Rows(table, question with { MinOffsets = OffsetVector.Parse("t:0:5") }).Length);
        using var queries = Answers.Queries(table);
        var waiting = Task.Run(() => Answers.Rows(queries.Scan(question with { WaitMs = 50_000 }, CancellationToken.None)));
        table.Add(5, Fill);
        Assert.Equal(10, waiting.Result.Length);
    }

    [Fact]
    public void AReaderWhoseRowsAreTakenBackIsToldSo()
    {
        using var table = new HotTable(Numbers);
        table.Add(40_000, Fill);
        using var queries = Answers.Queries(table);
        using var stream = queries.Scan(new ScanQuestion { Table = HotTable.Name }, CancellationToken.None);
        var buffer = new ArrayBufferWriter<byte>();
        using var output = new JsonRows(buffer);
        Assert.True(stream.TryWrite(output));
        table.LastView.TakeBack("it is too slow");
        var error = Assert.Throws<QueryException>(() => stream.TryWrite(output));
        Assert.Equal((QueryFault.TakenBack, "it is too slow"), (error.Fault, error.Message));
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => System.Text.Json.JsonDocument.Parse(buffer.WrittenMemory));
    }

    [Fact]
    public void NoMoreRunThanMay()
    {
        using var table = new HotTable(Numbers);
        using var queries = Answers.Queries(table, Answers.Limits with { Concurrency = 2 });
        var question = new ScanQuestion { Table = HotTable.Name };
        using var one = queries.Scan(question, CancellationToken.None);
        var other = queries.Scan(question, CancellationToken.None);
        Assert.Equal(QueryFault.Busy, Assert.Throws<QueryException>(() => queries.Scan(question, CancellationToken.None)).Fault);
        other.Dispose();
        other.Dispose();
        Assert.Throws<QueryException>(() => queries.Scan(question with { Where = "?" }, CancellationToken.None));
        using var again = queries.Scan(question, CancellationToken.None);
    }

    [Fact]
    public void AnAnswerThatIsTooLargeIsCutOff()
    {
        using var table = new HotTable(Numbers);
        table.Add(1000, Fill);
        var question = new ScanQuestion { Table = HotTable.Name };
        Assert.Equal(QueryFault.TooLarge, Fault(table, question, Answers.Limits with { MaxRows = 999 }));
        var inOrder = question with { Order = OrderBy.Parse("n") };
        Assert.Equal(QueryFault.TooLarge, Fault(table, inOrder, Answers.Limits with { MaxRows = 999 }));
        Assert.Equal(QueryFault.TooLarge, Fault(table, question, Answers.Limits with { MaxBytes = 5000 }));
        Assert.Null(Fault(table, question, Answers.Limits with { MaxRows = 1000 }));
        Assert.Null(Fault(table, question with { Limit = 999 }, Answers.Limits with { MaxRows = 999 }));
    }

    [Fact]
    public void RowsThatCannotBePutInOrderWithinTheMemoryAreTooMany()
    {
        using var table = new HotTable(Numbers);
        for (var part = 0; part < 4; part++) table.Add(50_000, Fill);
        var question = new ScanQuestion { Table = HotTable.Name, Order = OrderBy.Parse("n desc"), Limit = 150_000 };
        Assert.Equal(QueryFault.TooLarge, Fault(table, question, Answers.Limits with { MemoryBytes = 4 << 20 }));
        Assert.Null(Fault(table, question with { Limit = 100 }, Answers.Limits with { MemoryBytes = 4 << 20 }));
    }

    [Fact]
    public void FilesAreReadWithinTheMemoryOrNotAtAll()
    {
        using var table = new HotTable(Numbers);
        for (var part = 0; part < 4; part++) table.Add(50_000, Fill);
        table.Flush();
        var question = new ScanQuestion { Table = HotTable.Name, Source = QuerySource.Cold };
        Assert.Null(Fault(table, question, Answers.Limits with { MemoryBytes = 8 << 20 }));
        Assert.Equal(QueryFault.TooLarge, Fault(table, question, Answers.Limits with { MemoryBytes = 64 << 10 }));
    }

    [Fact]
    public void TimeAndStopEndAnAnswerBetweenSteps()
    {
        using var table = new HotTable(Numbers);
        table.Add(50_000, Fill);
        table.Flush();
        var clock = new FakeClock();
        using var queries = new TableQueries(table, table.Store, Answers.Limits, clock);
        foreach (var source in Enum.GetValues<QuerySource>())
        {
            using var stop = new CancellationTokenSource();
            using var slow = queries.Scan(new ScanQuestion { Table = HotTable.Name, Source = source }, stop.Token);
            using var stopped = queries.Scan(new ScanQuestion { Table = HotTable.Name, Source = source }, stop.Token);
            using var output = new NdjsonRows(new ArrayBufferWriter<byte>());
            using var other = new NdjsonRows(new ArrayBufferWriter<byte>());
            Assert.True(slow.TryWrite(output));
            Assert.True(stopped.TryWrite(other));
            clock.Pass(Answers.Limits.TimeoutMs + 1);
            Assert.Equal(QueryFault.TimedOut, Assert.Throws<QueryException>(() => slow.TryWrite(output)).Fault);
            stop.Cancel();
            Assert.Throws<OperationCanceledException>(() => stopped.TryWrite(other));
        }
    }

    [Fact]
    public void MemoryIsLetGoWithTheLastRowOfIt()
    {
        using var table = new HotTable(Numbers);
        var segment = table.Add(10, Fill);
        table.Flush();
        table.Add(10, Fill);
        using var queries = Answers.Queries(table);
        using var stream = queries.Scan(new ScanQuestion { Table = HotTable.Name }, CancellationToken.None);
        using var output = new NdjsonRows(new ArrayBufferWriter<byte>());
        Assert.True(stream.TryWrite(output));
        table.Retire();
        Assert.Equal(Ring.SegmentState.Retired, segment.State);
        Assert.True(stream.TryWrite(output));
        Assert.Equal(Ring.SegmentState.Free, segment.State);
    }

    [Fact]
    public void ATableSaysWhatItIs()
    {
        using var table = new HotTable(Numbers);
        table.Add(10, Fill);
        table.Flush();
        table.Add(5, Fill);
        using var queries = Answers.Queries(table);
        var info = queries.Describe(HotTable.Name);
        Assert.Equal((5, 10, "t:0:15"), (info.HotRows, info.FlushedRows, info.Offsets.ToString()));
        Assert.Equal(table.Cold.Metadata.CurrentSnapshotId, info.Snapshot);
        Assert.True(info.HotBytes > 0 && info.FlushedBytes > 0 && info.Key.IsEmpty && !info.IsPartial);
        Assert.Equal([HotTable.Name], queries.Tables);
    }

    internal static void Fill(BatchBuilder row, int i)
    {
        row.Column(0).AppendLong(i);
        row.Column(1).AppendBool(i % 2 == 0);
        row.Column(2).AppendBytes(System.Text.Encoding.UTF8.GetBytes($"row {i}"));
    }

    private static int[] N(string[] rows) =>
        [.. rows.Select(r => int.Parse(r.Split(':')[1].Split(',')[0], CultureInfo.InvariantCulture))];

    private static QueryFault? Fault(HotTable table, ScanQuestion question, QueryLimits? limits = null)
    {
        using var queries = Answers.Queries(table, limits);
        try
        {
            using var stream = queries.Scan(question, CancellationToken.None);
            _ = Answers.Rows(stream);
            return null;
        }
        catch (QueryException error)
        {
            return error.Fault;
        }
    }
}
