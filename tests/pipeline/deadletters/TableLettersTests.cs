using System.Collections.Immutable;
using System.Text;
using K2I.Base;
using K2I.Decode;
using K2I.Iceberg;

namespace K2I.Pipeline.Tests;

public sealed class TableLettersTests : IDisposable
{
    private readonly LetterWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public void ALetterHasAllThatIsNeededToReplayIt()
    {
        var letters = world.Open();
        var record = new RecordInput([0xFF, 0x00])
        {
            Key = "k"u8,
            KeyIsNull = false,
            Topic = "orders"u8,
            Partition = 1,
            Offset = new(42),
            TimestampMs = 1_700_000_000_123,
            TimestampKind = TimestampKind.LogAppendTime,
            Headers = new Pairs(("a", "1"), ("b", null), ("a", "")),
        };
        world.Add(letters, in record, world.Sources[1], "InvalidUtf8", "at byte 0");
        letters.Keep("f", 1, [0], [world.Range(1, 0, 43)]);
        var row = Assert.Single(world.Scan());
        Assert.Equal("""["orders",1,42,"2023-11-14T22:13:20.123000+00:00","LogAppendTime","InvalidUtf8","at byte 0","6b","ff00"]""",
            "[" + string.Join(',', row.EnumerateObject().Take(9).Select(p => p.Value.GetRawText())) + "]");
        Assert.Equal("""[{"key":"a","value":"31"},{"key":"b","value":null},{"key":"a","value":""}]""", row.GetProperty("headers").GetRawText());
        Assert.Equal("id-1", row.GetProperty("topic_id").GetString());
        Assert.NotEqual("null", row.GetProperty("failed_at").GetRawText());
    }

    [Fact]
    public void ATombstoneWithoutKeyOrTimeIsNullsNotEmptyValues()
    {
        var letters = world.Open();
        var record = new RecordInput([], valueIsNull: true) { Topic = "orders"u8, Offset = new(3) };
        world.Add(letters, in record, world.Sources[0], "Tombstone", "");
        letters.Keep("f", 1, [0], [world.Range(0, 0, 4)]);
        var row = Assert.Single(world.Scan());
        foreach (var name in new[] { "key", "value", "headers", "timestamp", "timestamp_type" }) Assert.Equal("null", row.GetProperty(name).GetRawText());
    }

    [Fact]
    public void AFlushWithoutLettersTouchesNothing()
    {
        var letters = world.Open();
        letters.Keep("f", 1, [0, 1], [world.Range(0, 0, 100)]);
        Assert.Null(world.Files.TryLoad(DeadLetterTable.IdentFor(LetterWorld.Ident)));
    }

    [Fact]
    public void LettersOutsideTheFlushsOffsetsAreLeftOut()
    {
        var letters = world.Open();
        world.Add(letters, 0, 0, 5, 10, 50, 99);
        world.Add(letters, 0, 1, 7);
        letters.Keep("f", 1, [0], [world.Range(0, 10, 99)]);
        Assert.Equal(["0:10", "0:50"], world.Rows());
    }

    [Fact]
    public void AFlushMadeAgainWithOtherBoundariesDoublesNothing()
    {
        var first = world.Open();
        world.Add(first, 0, 0, 10, 50);
        world.Add(first, 1, 1, 20);
        first.Keep("f1", 1, [0, 1], [world.Range(0, 0, 100), world.Range(1, 0, 30)]);

        var second = world.Open();
        world.Add(second, 0, 0, 10);
        second.Keep("f1", 2, [0], [world.Range(0, 0, 40)]);
        second.Clear(0);
        world.Add(second, 0, 0, 50, 110);
        world.Add(second, 1, 1, 20, 31);
        second.Keep("f2", 2, [0, 1], [world.Range(0, 40, 120), world.Range(1, 0, 40)]);
        Assert.Equal(["0:10", "0:110", "0:50", "1:20", "1:31"], world.Rows());
        Assert.Equal(0, world.Orphans());
    }

    [Fact]
    public void ALetterThatComesOnlyTheSecondTimeIsNotLost()
    {
        var first = world.Open();
        world.Add(first, 0, 0, 10, 50);
        first.Keep("f1", 1, [0], [world.Range(0, 0, 100)]);
        var second = world.Open();
        world.Add(second, 0, 0, 10, 30, 50);
        second.Keep("f2", 2, [0], [world.Range(0, 0, 100)]);
        Assert.Equal(["0:10", "0:30", "0:50"], world.Rows());
    }

    [Fact]
    public void AFailedCommitIsMadeAgainAndLeavesNoFile()
    {
        var letters = world.Open();
        world.Add(letters, 0, 0, 1, 2);
        world.Catalog.BeforeCommit = () => throw new EngineException(ErrorKind.Denied, "no right");
        var error = Assert.Throws<EngineException>(() => letters.Keep("f", 1, [0], [world.Range(0, 0, 9)]));
        Assert.Equal(ErrorKind.Denied, error.Kind);
        Assert.Equal(0, world.Orphans());
        letters.Keep("f", 1, [0], [world.Range(0, 0, 9)]);
        Assert.Equal(["0:1", "0:2"], world.Rows());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ALostAnswerDoublesNothing(bool sessionEnds)
    {
        var letters = world.Open();
        world.Add(letters, 0, 0, 1, 2);
        letters.Keep("f0", 1, [0], [world.Range(0, 0, 3)]);
        letters.Clear(0);
        world.Add(letters, 0, 0, 5, 6);
        // Applied, but no one hears of it, and then the catalog is away for long.
        world.Catalog.LoseAnswers = 1;
        var error = Assert.Throws<EngineException>(() => letters.Keep("f1", 1, [0], [world.Range(0, 3, 9)]));
        Assert.Contains(error.Kind, new[] { ErrorKind.Unknown, ErrorKind.Unavailable });
        world.Catalog.Away = false;
        if (sessionEnds)
        {
            letters.Dispose();
            letters = world.Open();
            world.Add(letters, 0, 0, 5, 6, 8);
        }
        letters.Keep("f1", 1, [0], [world.Range(0, 3, 9)]);
        Assert.Equal(sessionEnds ? ["0:1", "0:2", "0:5", "0:6", "0:8"] : ["0:1", "0:2", "0:5", "0:6"], world.Rows());
    }

    [Fact]
    public void TwoWritersOfOnePartitionAddALetterOnce()
    {
        var one = world.Open();
        world.Add(one, 0, 0, 10, 20);
        one.Keep("a", 1, [0], [world.Range(0, 0, 30)]);
        one.Clear(0);
        world.Add(one, 0, 0, 40, 50);
        var other = world.Open(catalog: world.Files);
        world.Add(other, 0, 0, 10, 20, 40);
        // The other commits what the one is about to, in the middle of its commit.
        world.Catalog.BeforeCommit = () => other.Keep("b", 2, [0], [world.Range(0, 0, 45)]);
        one.Keep("c", 1, [0], [world.Range(0, 30, 60)]);
        Assert.Equal(["0:10", "0:20", "0:40", "0:50"], world.Rows());
        Assert.Equal(0, world.Orphans());
    }

    [Fact]
    public void ARecreatedTopicsOffsetsAreOtherRecords()
    {
        var before = world.Open();
        world.Add(before, 0, 0, 1, 5);
        world.Add(before, 0, 1, 7);
        before.Keep("f1", 1, [0], [world.Range(0, 0, 10), world.Range(1, 0, 10)]);
        world.Sources = [.. Enumerable.Range(0, 3).Select(p => new Source(p, "orders", p) { TopicId = "id-2" })];
        for (var again = 0; again < 2; again++)
        {
            var after = world.Open();
            world.Add(after, 0, 0, 1, 3);
            after.Keep("f2", 2, [0], [world.Range(0, 0, 10)]);
        }
        Assert.Equal(["0:1", "0:1", "0:3", "0:5", "1:7"], world.Rows());
        var map = OffsetMap.Of(world.Files.Load(DeadLetterTable.IdentFor(LetterWorld.Ident)));
        Assert.Equal(("id-2", new Offset(4), null), (map.TopicId("orders"), map.Next("orders", 0), map.Next("orders", 1)));
    }

    [Fact]
    public void AWriterThatComesLateWithAFormerLifeOfTheTopicDoublesNothing()
    {
        var former = world.Sources;
        var first = world.Open();
        world.Add(first, 0, 0, 1, 3);
        world.Add(first, 0, 1, 5);
        first.Keep("f1", 1, [0], [world.Range(0, 0, 10), world.Range(1, 0, 10)]);
        world.Sources = [.. Enumerable.Range(0, 3).Select(p => new Source(p, "orders", p) { TopicId = "id-2" })];
        var second = world.Open();
        world.Add(second, 0, 0, 1);
        second.Keep("f2", 2, [0], [world.Range(0, 0, 10)]);
        world.Sources = former;
        foreach (var partition in (int[])[0, 1])
        {
            // It has not heard of the new life; its rows will be refused, its letters are looked at first.
            var late = world.Open();
            world.Add(late, 0, partition, 1, 3, 5);
            late.Keep("f3", 1, [0], [world.Range(partition, 0, 10)]);
        }
        Assert.Equal(["0:1", "0:1", "0:3", "0:5", "1:1", "1:3", "1:5"], world.Rows());
        world.Sources = [.. Enumerable.Range(0, 3).Select(p => new Source(p, "orders", p) { TopicId = "id-2" })];
        var again = world.Open();
        world.Add(again, 0, 0, 1, 2);
        again.Keep("f4", 2, [0], [world.Range(0, 0, 10)]);
        Assert.Equal(["0:1", "0:1", "0:2", "0:3", "0:5", "1:1", "1:3", "1:5"], world.Rows());
    }

    [Fact]
    public void ADroppedTableIsMadeAnew()
    {
        var letters = world.Open();
        world.Add(letters, 0, 0, 1);
        letters.Keep("f1", 1, [0], [world.Range(0, 0, 2)]);
        letters.Clear(0);
        world.Files.Drop(DeadLetterTable.IdentFor(LetterWorld.Ident), purge: true);
        world.Add(letters, 0, 0, 3);
        letters.Keep("f2", 1, [0], [world.Range(0, 2, 4)]);
        Assert.Equal(["0:3"], world.Rows());
    }

    [Fact]
    public void AForeignTableOfThatNameIsRefusedWhereItsColumnsDoNotFit()
    {
        _ = world.Files.Create(DeadLetterTable.IdentFor(LetterWorld.Ident), new() { Schema = Columns.FieldIds.NewSchema([new(0, "topic", Columns.PrimitiveType.Long, false)]) });
        var letters = world.Open();
        world.Add(letters, 0, 0, 1);
        var error = Assert.Throws<TableStop>(() => letters.Keep("f1", 1, [0], [world.Range(0, 0, 2)]));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
        Assert.Contains("shop.orders_dead_letters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddedColumnsOfOthersAreLeftNull()
    {
        var letters = world.Open();
        world.Add(letters, 0, 0, 1);
        letters.Keep("f1", 1, [0], [world.Range(0, 0, 2)]);
        letters.Clear(0);
        new TableCommitter(world.Files, world.Store).Commit(DeadLetterTable.IdentFor(LetterWorld.Ident), new UpdateSchema().Add("", "handled_by", Columns.PrimitiveType.String).MoveFirst("handled_by"));
        world.Add(letters, 0, 0, 3);
        letters.Keep("f2", 1, [0], [world.Range(0, 2, 4)]);
        Assert.Equal(["0:1", "0:3"], world.Rows());
    }

    [Fact]
    public void ASegmentHoldsBoundedLettersButAtLeastOne()
    {
        var letters = world.Open();
        // One that is larger than all of them may be.
        Assert.True(world.Add(letters, 0, 0, 0, new byte[BufferedLetters.MostBytes + 1]));
        Assert.False(world.Add(letters, 0, 0, 1, []));
        var taken = 0;
        while (world.Add(letters, 1, 1, taken, new byte[10_000])) taken++;
        Assert.InRange(taken * 10_000L, BufferedLetters.MostBytes * 9 / 10, BufferedLetters.MostBytes);
        Assert.InRange(letters.PendingBytes, BufferedLetters.MostBytes + (taken * 10_000L), BufferedLetters.MostBytes * 21 / 10);
        letters.Keep("f", 1, [0, 1], [world.Range(0, 0, 1), world.Range(1, 0, taken)]);
        letters.Clear(0);
        letters.Clear(1);
        Assert.Equal(0, letters.PendingBytes);
        Assert.Equal(taken + 1, world.Rows().Length);
    }

    [Fact]
    public void WhateverCrashesAndRedoesEveryLetterIsThereOnce()
    {
        var seed = Environment.TickCount;
        Console.WriteLine($"{nameof(WhateverCrashesAndRedoesEveryLetterIsThereOnce)}: seed {seed}");
        var random = new Random(seed);
        // Which offsets are bad is a fact of the records; what one flush covers, and where a crash falls, is not.
        var bad = Enumerable.Range(0, 400).Where(_ => random.Next(4) == 0).Select(o => (long)o).ToArray();
        long main = 0;
        var letters = world.Open();
        for (var step = 0; main < 400; step++)
        {
            var next = Math.Min(400, main + random.Next(1, 60));
            var segment = step % 4;
            letters.Clear(segment);
            world.Add(letters, segment, 0, [.. bad.Where(o => o >= main && o < next)]);
            var fault = random.Next(6);
            if (fault == 0) world.Catalog.BeforeCommit = () => throw new EngineException(ErrorKind.Fatal, "stopped here");
            if (fault == 1) world.Catalog.LoseAnswers = 1;
            try
            {
                letters.Keep($"f{step}", step, [segment], [world.Range(0, main, next)]);
                // A crash between the two commits: the main table stays where it is.
                if (fault != 2) main = next;
            }
            catch (EngineException)
            {
            }
            (world.Catalog.Away, world.Catalog.LoseAnswers, world.Catalog.BeforeCommit) = (false, 0, null);
            if (random.Next(3) == 0) letters = world.Open();
        }
        Assert.Equal(bad.Select(o => $"0:{o}").Order(StringComparer.Ordinal), world.Rows());
    }

    private sealed class Pairs(params (string Key, string? Value)[] pairs) : IRecordHeaders
    {
        public bool TryRead(int index, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value, out bool valueIsNull)
        {
            key = value = default;
            valueIsNull = true;
            if (index >= pairs.Length) return false;
            key = Encoding.UTF8.GetBytes(pairs[index].Key);
            valueIsNull = pairs[index].Value is null;
            value = valueIsNull ? default : Encoding.UTF8.GetBytes(pairs[index].Value!);
            return true;
        }
    }
}
