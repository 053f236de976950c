using K2I.Base;

namespace K2I.Pipeline.Tests;

public sealed class EngineTests : IDisposable
{
    private readonly EngineFixture fixture = new();

    [Fact]
    public void RowsAreCommittedOnceAcrossRestarts()
    {
        fixture.Broker.CreateTopic("orders", 3);
        for (var p = 0; p < 3; p++) fixture.Produce("orders", p, [.. Enumerable.Range(0, 400).Select(i => $$"""{"id":{{p * 1000 + i}},"name":"n{{i}}"}""")]);
        var options = fixture.Options(Orders());
        using (var first = fixture.Start(options)) first.WaitFor("orders", t => t.RowsCommitted == 1_200);
        for (var p = 0; p < 3; p++) fixture.Produce("orders", p, [.. Enumerable.Range(400, 50).Select(i => $$"""{"id":{{p * 1000 + i}},"name":null}""")]);
        using (var second = fixture.Start(options)) second.WaitFor("orders", t => t.RowsCommitted == 150);

        var table = fixture.Load("default.orders").Metadata;
        Assert.Equal("1350", table.CurrentSnapshot!.Summary["total-records"]);
        var offsets = OffsetMap.Parse(table.CurrentSnapshot.Summary[K2IKeys.Offsets]);
        for (var p = 0; p < 3; p++) Assert.Equal(new Offset(450), offsets.Next("orders", p));
        Assert.Equal(table.CurrentSnapshot.Summary[K2IKeys.Offsets], table.Properties[K2IKeys.Offsets]);
        Assert.Equal("2", table.Properties["k2i.epoch"]);
    }

    [Fact]
    public void BadRecordsCostTheirNeighboursNothing()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, """{"id":1}""", "not json", """{"id":"x"}""", null, """{"id":2,"name":"b"}""");
        using var engine = fixture.Start(fixture.Options(Orders()));
        var status = engine.WaitFor("orders", t => t.RowsCommitted == 2 && t.Partitions is [{ CommittedOffset.Value: 5 }]);
        Assert.Equal(3, status.DeadLetters.Values.Sum());
        var letters = fixture.DeadLetters("orders");
        Assert.True(letters.Length == 3, string.Join('\n', letters));
        Assert.Contains("\"offset\":1,", letters[0], StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower("not json"u8), letters[0], StringComparison.Ordinal);
        Assert.Contains("\"value\":null", letters[2], StringComparison.Ordinal);
    }

    [Fact]
    public void OffsetsOfDeadLettersAloneAreCommittedToo()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, "bad", "worse");
        var options = fixture.Options(Orders());
        using (var engine = fixture.Start(options)) engine.WaitFor("orders", t => t.Partitions is [{ CommittedOffset.Value: 2 }]);
        using (var engine = fixture.Start(options)) engine.WaitFor("orders", t => t.State == TableState.Running && t.Partitions.Length == 1);
        Assert.Equal(2, fixture.DeadLetters("orders").Length);
    }

    [Fact]
    public void ColumnsAreInferredFromTheFirstRecords()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, """{"id":1,"price":2}""", """{"id":2,"price":2.5,"tags":["a"]}""");
        using var engine = fixture.Start(fixture.Options(Orders() with { Columns = null }));
        engine.WaitFor("orders", t => t.RowsCommitted == 2);
        var schema = fixture.Load("default.orders").Metadata.CurrentSchema;
        Assert.Equal(["id", "price", "tags", "_kafka"], schema.Fields.Select(f => f.Name));
        Assert.Equal(["long", "double", "list<string>"], schema.Fields.Take(3).Select(f => f.Type.ToString()!));
    }

    [Theory]
    [InlineData("\"2026-01-31T12:00:00Z\"", "timestamptz")]
    [InlineData("\"2026-01-31T12:00:00\"", "timestamp")]
    [InlineData("\"2026-01-31\"", "date")]
    [InlineData("1769860800000", "timestamptz")]
    public void AnInferredColumnThatIsPartitionedByDayIsATime(string time, string type)
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, $$"""{"id":1,"at":{{time}},"other":{{time}}}""");
        using var engine = fixture.Start(fixture.Options(Orders() with { Columns = null, PartitionBy = "day(at), bucket(2, id)" }));
        engine.WaitFor("orders", t => t.RowsCommitted == 1);
        var schema = fixture.Load("default.orders").Metadata.CurrentSchema;
        Assert.Equal(type, schema.Struct.Find("at")!.Type.ToString());
        Assert.Equal(time.StartsWith('"') ? "string" : "long", schema.Struct.Find("other")!.Type.ToString());
    }

    [Fact]
    public void WhatInferenceFoundNoTypeForIsNamed()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, """{"id":12345678901234567890,"v":9007199254740993}""", """{"id":12345678901234567891,"v":1.5}""");
        using var engine = fixture.Start(fixture.Options(Orders() with { Columns = null }));
        engine.WaitFor("orders", t => t.RowsCommitted == 2);
        Assert.Contains(fixture.Log.Lines, l => l.Contains("columns = id: decimal(38,0), v: string", StringComparison.Ordinal));
        Assert.Contains(fixture.Log.Lines, l => l.StartsWith("Warn values that no other type takes without loss became strings", StringComparison.Ordinal) && l.EndsWith("columns=v", StringComparison.Ordinal));
        Assert.Equal(["12345678901234567890", "12345678901234567891"], fixture.Rows("default.orders").Select(r => System.Text.Json.JsonDocument.Parse(r).RootElement.GetProperty("id").GetRawText().Trim('"')));
    }

    [Fact]
    public void FieldsInAnotherCaseAreCountedAndToldOnceOrTakenForTheirColumns()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, """{"ID":1,"NAME":"x"}""", """{"Id":2,"name":"y"}""", """{"ID":3,"Name":"z","more":null}""");
        var orders = Orders() with { Columns = "id: long, name: string" };
        using (var engine = fixture.Start(fixture.Options(orders)))
            Assert.Equal(5, engine.WaitFor("orders", t => t.RowsCommitted == 3).IgnoredFields);
        Assert.Equal(["column=id field=ID", "column=name field=NAME"], fixture.Log.Lines.Where(l => l.StartsWith("Warn a record has no field", StringComparison.Ordinal)).Select(l => l[l.IndexOf("column=", StringComparison.Ordinal)..l.IndexOf(" instead", StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
        using var again = fixture.Start(fixture.Options(orders with { Name = "either", CaseSensitive = false }));
        Assert.Equal(0, again.WaitFor("either", t => t.RowsCommitted == 3).IgnoredFields);
        Assert.Contains("\"id\":3,\"name\":\"z\"", fixture.Rows("default.either")[2], StringComparison.Ordinal);
    }

    [Fact]
    public void NewFieldsBecomeColumnsWhereThePolicySaysSo()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, """{"id":1}""", """{"id":2,"city":"Ulm","box":{"w":1}}""", """{"id":3,"box":{"w":2,"h":3}}""", """{"id":4,"CITY":"?"}""");
        using var engine = fixture.Start(fixture.Options(Orders() with { UnknownFields = Decode.UnknownFields.Evolve }));
        engine.WaitFor("orders", t => t.RowsCommitted == 3 && t.Partitions is [{ CommittedOffset.Value: 4 }]);
        var metadata = fixture.Load("default.orders").Metadata;
        Assert.Equal(["id", "name", "_kafka", "city", "box"], metadata.CurrentSchema.Fields.Select(f => f.Name));
        Assert.NotNull(metadata.CurrentSchema.FindByPath("box.h"));
        Assert.True(metadata.CurrentSchema.FindByPath("box.h")!.Id > metadata.CurrentSchema.FindByPath("box")!.Id);
        Assert.Contains("\"offset\":3,", Assert.Single(fixture.DeadLetters("orders")), StringComparison.Ordinal);
    }

    [Fact]
    public void FieldsThatTheTableCannotHaveAreLeftOutOfTheInferredColumns()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0,
            """{"id":1,"Id":2,"a.b":1,"a":{"b":2,"c":3},"_kafka":{"offset":9},"id_bucket":5}""", """{"ID":3,"id":4}""");
        using var engine = fixture.Start(fixture.Options(Orders() with { Columns = null, PartitionBy = "bucket(4, id)" }));
        engine.WaitFor("orders", t => t.RowsCommitted == 2);
        var fields = fixture.Load("default.orders").Metadata.CurrentSchema.Fields;
        Assert.Equal("id: long, `a.b`: long, a: struct<c: long>", Decode.ColumnText.Format(fields.Take(fields.Length - 1)));
        foreach (var left in (string[])["Id", "a.b", "_kafka", "id_bucket", "ID"])
            Assert.Single(fixture.Log.Lines, l => l.Contains($"a field is left out of the columns table=orders field={left} ", StringComparison.Ordinal));
    }

    [Fact]
    public void FieldsThatTheTableCannotHaveMakeDeadLettersThatSayWhyAndOthersBecomeColumns()
    {
        fixture.Broker.CreateTopic("orders", 1);
        var many = string.Join(",", Enumerable.Range(0, Columns.ColumnNames.MaxColumns).Select(i => $"\"f{i}\":{i}"));
        var some = many[..many.IndexOf("\"f1500", StringComparison.Ordinal)];
        fixture.Produce("orders", 0,
            """{"id":1,"http.method":"GET"}""", """{"id":2,"id_bucket":"x"}""", """{"id":3,"_KAFKA":1}""", """{"id":4,"_kafka.topic":1}""",
            """{"id":5,"":1}""", """{"id":6,"http":{"method":1}}""", $$"""{"id":7,{{many}} }""", $$"""{"id":8,{{some}}"s":{"p.q":1} }""");
        var orders = Orders() with { UnknownFields = Decode.UnknownFields.Evolve, PartitionBy = "bucket(4, id)" };
        using var engine = fixture.Start(fixture.Options(orders));
        engine.WaitFor("orders", t => t.RowsCommitted == 2 && t.Partitions is [{ CommittedOffset.Value: 8 }]);
        var schema = fixture.Load("default.orders").Metadata.CurrentSchema;
        Assert.Equal(3 + 1 + 1_500 + 1, schema.Fields.Length);
        Assert.NotNull(schema.FindByPath("s.p.q"));
        string[] reasons =
        [
            "column 'id_bucket' has the name of partition field", "column '_KAFKA' differs from '_kafka' in case only",
            "two columns have the full name '_kafka.topic'", "a column's name is empty", "two columns have the full name 'http.method'",
            "is one too many: a table has at most 5000 columns",
        ];
        var letters = fixture.DeadLetters("orders");
        Assert.Equal(reasons.Length, letters.Length);
        foreach (var (reason, letter) in reasons.Zip(letters))
            Assert.Contains(reason, letter.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void DeclaredColumnsWithDotsAreAddedToATableThatIsThere()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, """{"id":1,"s":{"p":1}}""");
        var options = fixture.Options(Orders() with { Columns = "id: long!, s: struct<p: long>" });
        using (var engine = fixture.Start(options)) engine.WaitFor("orders", t => t.RowsCommitted == 1);
        var grown = options.Tables[0] with { Columns = "id: long!, s: struct<p: long, `q.r`: long>, `s.t`: long" };
        Assert.Equal(["s.q.r", "s.t"], TableCheck.ColumnsToAdd(grown, fixture.Load("default.orders")));
        fixture.Produce("orders", 0, """{"id":2,"s":{"p":1,"q.r":2},"s.t":3}""");
        using (var engine = fixture.Start(options with { Tables = [grown] })) engine.WaitFor("orders", t => t.RowsCommitted == 1);
        Assert.NotNull(fixture.Load("default.orders").Metadata.CurrentSchema.FindByPath("s.q.r"));
        var clashing = grown with { Columns = "id: long!, s: struct<p: long>, `s.p`: long" };
        var error = Assert.Throws<EngineException>(() => TableCheck.ColumnsToAdd(clashing, fixture.Load("default.orders")));
        Assert.Contains("two columns have the full name 's.p'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PartitionedTablesGetOneFilePerPartition()
    {
        fixture.Broker.CreateTopic("orders", 2);
        for (var p = 0; p < 2; p++) fixture.Produce("orders", p, [.. Enumerable.Range(0, 100).Select(i => $$"""{"id":{{i}},"name":"{{(i % 5 == 4 ? "x" : $"n{i % 5}")}}"}""")]);
        using (var engine = fixture.Start(fixture.Options(Orders() with { PartitionBy = "name, bucket(2, id)", Flush = new() { AgeMs = 1_500 } }))) engine.WaitFor("orders", t => t.RowsCommitted == 200);
        var table = fixture.Load("default.orders").Metadata;
        Assert.Equal("200", table.CurrentSnapshot!.Summary["total-records"]);
        Assert.Equal("10", table.CurrentSnapshot.Summary["changed-partition-count"]);
    }

    [Fact]
    public void IncompatibleTableIsPausedWithAReasonWhileOthersGoOn()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, """{"id":1,"name":"a"}""");
        using (var engine = fixture.Start(fixture.Options(Orders()))) engine.WaitFor("orders", t => t.RowsCommitted == 1);
        using var again = fixture.Start(fixture.Options(Orders() with { Columns = "id: boolean" }, Orders() with { Name = "other" }));
        again.WaitFor("other", t => t.RowsCommitted == 1);
        var paused = again.WaitFor("orders", t => t.State == TableState.Paused);
        Assert.Contains("column id is long in the table but boolean is wanted", paused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void SmallRingHoldsBackRatherThanGrows()
    {
        fixture.Broker.CreateTopic("orders", 1);
        var text = new string('x', 2_000);
        fixture.Produce("orders", 0, [.. Enumerable.Range(0, 3_000).Select(i => $$"""{"id":{{i}},"name":"{{text}}"}""")]);
        var options = fixture.Options(Orders() with { Flush = new() { AgeMs = 60_000 } }) with { MemoryBytes = EngineOptions.LeastMemoryBytes };
        using var engine = fixture.Start(options);
        var status = engine.WaitFor("orders", t => t.Rows == 3_000);
        Assert.True(status.RingBytes <= status.RingBudgetBytes);
        engine.Stop();
        Assert.Equal("3000", fixture.Load("default.orders").Metadata.CurrentSnapshot!.Summary["total-records"]);
    }

    [Fact]
    public void BrokerThatIsAwayIsWaitedForVisibly()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, """{"id":1}""");
        fixture.Broker.GoDown();
        using var engine = fixture.Start(fixture.Options(Orders()));
        engine.WaitFor("orders", t => t.State == TableState.Waiting && t.Detail.Contains("Kafka", StringComparison.Ordinal));
        fixture.Broker.GoUp();
        engine.WaitFor("orders", t => t.RowsCommitted == 1);
    }

    [Fact]
    public void RowsBytesAndShutdownFlushToo()
    {
        fixture.Broker.CreateTopic("orders", 1);
        var patient = new FlushOptions { AgeMs = 3_600_000 };
        fixture.Produce("orders", 0, [.. Enumerable.Range(0, 100).Select(i => $$"""{"id":{{i}},"name":"{{new string('x', 1_000)}}"}""")]);
        using var engine = fixture.Start(fixture.Options(
            Orders() with { Name = "by_rows", Flush = patient with { Rows = 50 } },
            Orders() with { Name = "by_bytes", Flush = patient with { Bytes = 50_000 } },
            Orders() with { Name = "at_stop", Flush = patient }));
        engine.WaitFor("by_rows", t => t.RowsCommitted > 0);
        engine.WaitFor("by_bytes", t => t.RowsCommitted > 0);
        Assert.Equal(0, engine.WaitFor("at_stop", t => t.Rows == 100).RowsCommitted);
        engine.Stop();
        foreach (var table in (string[])["by_rows", "by_bytes", "at_stop"])
            Assert.Equal("100", fixture.Load($"default.{table}").Metadata.CurrentSnapshot!.Summary["total-records"]);
    }

    [Fact]
    public void StartPositionCountsOnlyWhereTheTableHasNone()
    {
        fixture.Broker.CreateTopic("orders", 2);
        for (var p = 0; p < 2; p++) fixture.Produce("orders", p, [.. Enumerable.Range(0, 10).Select(i => $$"""{"id":{{i}}}""")]);
        var options = fixture.Options(
            Orders() with { Name = "late", Start = StartPosition.Latest },
            Orders() with { Name = "chosen", Start = new StartPosition.AtOffsets([(null, 0, new(7)), ("orders", 1, new(9))]) });
        using (var engine = fixture.Start(options))
        {
            engine.WaitFor("chosen", t => t.RowsCommitted == 4);
            engine.WaitFor("late", t => t.Partitions.Length == 2);
            fixture.Produce("orders", 0, """{"id":10}""");
            engine.WaitFor("late", t => t.RowsCommitted == 1);
            engine.WaitFor("chosen", t => t.RowsCommitted == 5);
        }
        fixture.Produce("orders", 0, """{"id":11}""");
        using var again = fixture.Start(options);
        again.WaitFor("late", t => t.RowsCommitted == 1);
        again.WaitFor("chosen", t => t.RowsCommitted == 1);
        Assert.Equal(new Offset(12), OffsetMap.Parse(fixture.Load("default.late").Metadata.Properties[K2IKeys.Offsets]).Next("orders", 0));
    }

    [Fact]
    public void RawTablesTakeAnyBytesAndTopicsByPattern()
    {
        fixture.Broker.CreateTopic("logs_a", 1);
        fixture.Broker.CreateTopic("logs_b", 1);
        fixture.Broker.CreateTopic("other", 1);
        foreach (var topic in (string[])["logs_a", "logs_b", "other"]) fixture.Produce(topic, 0, "anything", "at all");
        using var engine = fixture.Start(fixture.Options(new TableOptions { Name = "logs", Topics = ["^logs_.*"], Format = RecordFormat.Raw, RawValue = Decode.RawForm.String, Flush = new() { AgeMs = 200 } }));
        engine.WaitFor("logs", t => t.RowsCommitted == 4);
        var metadata = fixture.Load("default.logs").Metadata;
        Assert.Equal(["key", "value", "_kafka"], metadata.CurrentSchema.Fields.Select(f => f.Name));
        var offsets = OffsetMap.Parse(metadata.Properties[K2IKeys.Offsets]);
        Assert.Equal([new(2), new(2), null], new[] { "logs_a", "logs_b", "other" }.Select(topic => offsets.Next(topic, 0)));
    }

    [Fact]
    public void FlushThatMeetsAForeignCommitOfTheSameOffsetsIsNotDoubled()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, [.. Enumerable.Range(0, 10).Select(i => $$"""{"id":{{i}}}""")]);
        var slow = fixture.Start(fixture.Options(Orders() with { Flush = new() { AgeMs = 3_600_000 } }));
        slow.WaitFor("orders", t => t.Rows == 10);
        // Another instance, in a group of its own, commits the same offsets first.
        var other = fixture.Options(Orders());
        using (var quick = fixture.Start(other with { Kafka = other.Kafka with { Group = "another" }, DataDirectory = other.DataDirectory + "-2" })) quick.WaitFor("orders", t => t.RowsCommitted == 10);
        slow.Stop();
        Assert.Equal("10", fixture.Load("default.orders").Metadata.CurrentSnapshot!.Summary["total-records"]);
    }

    public void Dispose() => fixture.Dispose();

    private static TableOptions Orders() => new() { Name = "orders", Topics = ["orders"], Columns = "id: long!, name: string", Flush = new() { AgeMs = 200 } };
}
