using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Memory;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Variants written and read: by files, as the text of answers, and with bytes that nobody should have written.</summary>
public sealed partial class VariantTests : IDisposable
{
    private const int Records = 400;

    private static readonly Schema Schema = FieldIds.NewSchema(
    [
        new(0, "id", PrimitiveType.Long, true), new(0, "v", VariantType.Instance, false),
        new(0, "all", ListType.Of(0, VariantType.Instance), false),
    ]);

    private readonly BatchBuilder batch = new(Schema, MemoryTag.Scratch, 16 << 20);

    public void Dispose() => batch.Dispose();

    /// <summary>What System.Text.Json takes for equal comes back, through memory and through a file, nulls and lists of them too.</summary>
    [Fact]
    public void EveryJsonValueComesBackFromAFile()
    {
        var random = new Random(20);
        var decoder = new JsonDecoder(Schema);
        var expected = new List<string>();
        for (var i = 0; i < Records; i++)
        {
            var all = string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Json(random, 3)));
            var text = $$"""{"id":{{i}},"v":{{Json(random, 0)}},"all":[{{all}}]}""";
            Assert.Equal(DecodeStatus.Ok, decoder.Decode(new RecordInput(Encoding.UTF8.GetBytes(text)), batch));
            Assert.True(batch.EndRow());
            expected.Add(text);
        }
        Compare(expected, Lines(batch.View()));

        var sink = new MemorySink();
        using (var writer = new ParquetWriter(Schema, ParquetOptions.Default with { RowGroupBytes = 4000, PageRows = 50 }, sink))
        {
            writer.Write(batch.View(), 0, Records);
            writer.Finish();
        }
        var found = new List<string>();
        using (var reader = new ParquetReader(new MemorySource("variants", sink.Written)))
        {
            reader.Select(new ReadRequest { Schema = Schema });
            while (reader.TryRead(out var rows)) found.AddRange(Lines(rows));
        }
        Compare(expected, found);
    }

    /// <summary>Bytes changed, left out and added: an answer that is JSON, or an error that says it; never text without end.</summary>
    [Fact]
    public void DamagedVariantsAreJsonOrAnError()
    {
        var random = new Random(21);
        var decoder = new JsonDecoder(Schema);
        for (var i = 0; i < 40; i++)
        {
            var text = $$$"""{"id":1,"v":{"a":{{{Json(random, 0)}}}}}""";
            Assert.Equal(DecodeStatus.Ok, decoder.Decode(new RecordInput(Encoding.UTF8.GetBytes(text)), batch));
            Assert.True(batch.EndRow());
        }
        var good = batch.View().Columns[1];
        int answers = 0, errors = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var row = random.Next(good.Length);
            var (metadata, value) = (Damaged(good.Children[0].Bytes(row), random), Damaged(good.Children[1].Bytes(row), random));
            try
            {
                using var json = JsonDocument.Parse(Text(metadata, value), new() { MaxDepth = 1010 });
                answers++;
            }
            catch (EngineException error) when (error.Kind is ErrorKind.Corrupt or ErrorKind.Unsupported)
            {
                errors++;
            }
        }
        Assert.True(answers > 1000 && errors > 1000, $"{answers} answers, {errors} errors");
    }

    /// <summary>Ten levels of arrays, each of ten times the same value: some bytes that would be text without end.</summary>
    [Fact]
    public void ValuesThatOverlapAreRefused()
    {
        byte[] value = [0];
        for (var level = 0; level < 10; level++) value = [3, 10, .. new byte[10], (byte)value.Length, .. value];
        var error = Assert.Throws<EngineException>(() => Text([1, 0, 0], value));
        Assert.Equal(ErrorKind.Corrupt, error.Kind);
    }

    [Theory]
    [InlineData("2c" + "01000000", "\"1970-01-02\"")]
    [InlineData("30" + "40420f0000000000", "\"1970-01-01T00:00:01.000000+00:00\"")]
    [InlineData("34" + "40420f0000000000", "\"1970-01-01T00:00:01.000000\"")]
    [InlineData("38" + "0000c03f", "1.5")]
    [InlineData("3c" + "02000000" + "00ff", "\"00ff\"")]
    [InlineData("44" + "40420f0000000000", "\"00:00:01.000000\"")]
    [InlineData("48" + "00ca9a3b00000000", "\"1970-01-01T00:00:01.000000000+00:00\"")]
    [InlineData("50" + "00112233445566778899aabbccddeeff", "\"00112233-4455-6677-8899-aabbccddeeff\"")]
    public void TypesThatJsonLacksAreTexts(string value, string json) =>
        Assert.Equal(json, Text([1, 0, 0], Convert.FromHexString(value)));

    /// <summary>A table of ours: Iceberg Java finds nothing wrong, and reads every value. It shows decimals as texts.</summary>
    [SharedFact(Judge.Program)]
    public void IcebergJavaReadsWhatWasWritten()
    {
        using var folder = new TempFolder();
        var store = new LocalStore(folder.Path);
        var catalog = new FileCatalog(store, store.Root);
        var committer = TestTables.Committer(catalog, store);
        var ident = TableIdent.Parse("db.variants");
        var table = committer.LoadOrCreate(ident, new TableCreation { Schema = Schema, FormatVersion = 3 });
        var decoder = new JsonDecoder(Schema);
        var expected = new List<string>();
        string[] values =
        [
            "null", "true", "-129", "70000", "9223372036854775807", "1.50", "-12345678901234.5", $"0.{new string('0', 37)}1", "2.5e-7",
            "\"é\"", $"\"{new string('x', 70)}\"", "[]", "{}", """{"b":[1,null,{"a":"😀"}],"a":{"b":{},"é":12345678901234567890}}""",
            $"[{string.Join(',', Enumerable.Range(0, 300))}]",
            $"{{{string.Join(',', Enumerable.Range(0, 300).Select(i => $"\"n{i}\":{i}"))}}}",
        ];
        for (var i = 0; i < values.Length; i++)
        {
            var text = $$"""{"id":{{i}},"v":{{values[i]}},"all":[{{values[i]}}]}""";
            Assert.Equal(DecodeStatus.Ok, decoder.Decode(new RecordInput(Encoding.UTF8.GetBytes(text)), batch));
            Assert.True(batch.EndRow());
            expected.Add(Decimal().Replace(text, "$1\"$2\"$3"));
        }
        committer.Commit(ident, TestTables.Append([.. ParquetFiles.Write(table, batch.View(), store, rowsPerGroup: 5)]));
        var location = Location.LocalPath(catalog.Load(ident).Metadata.Location);
        Judge.Do("check", location);
        Compare(expected, [.. Judge.Do("read", location).Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
    }

    [Fact]
    public void VersionTwoHasNone()
    {
        Assert.Contains("format version 3", FormatRules.Refusal(Schema, 2), StringComparison.Ordinal);
        Assert.Null(FormatRules.Refusal(Schema, 3));
        Assert.Equal(Schema, SchemaJson.Parse(Encoding.UTF8.GetBytes(SchemaJson.ToText(Schema)), "test"));
        Assert.Throws<EngineException>(() => PartitionSpecText.Parse("v", Schema));
    }

    private static void Compare(List<string> expected, List<string> found)
    {
        Assert.Equal(expected.Count, found.Count);
        foreach (var (was, now) in expected.Zip(found))
        {
            using JsonDocument wanted = JsonDocument.Parse(was), read = JsonDocument.Parse(now);
            Assert.True(JsonElement.DeepEquals(wanted.RootElement, read.RootElement), $"{was}\n{now}");
        }
    }

    private static List<string> Lines(Batch rows)
    {
        var json = new RowJson();
        for (var i = 0; i < rows.Rows; i++) json.AppendLine(rows, new Ordinal(i));
        return [.. Encoding.UTF8.GetString(json.Written).Split('\n')[..^1]];
    }

    /// <summary>Numbers that are decimals in a variant.</summary>
    [GeneratedRegex("""([\[:])(-?\d+\.\d+|\d{20})([,}\]])""")]
    private static partial Regex Decimal();

    private static string Text(ReadOnlySpan<byte> metadata, ReadOnlySpan<byte> value)
    {
        using var one = new BatchBuilder(Schema.Of(new Field(1, "v", VariantType.Instance, false)), MemoryTag.Scratch, 4 << 20);
        var column = one.Column(0);
        column.Child(0).AppendBytes(metadata);
        column.Child(1).AppendBytes(value);
        column.EndStruct();
        Assert.True(one.EndRow());
        var json = new RowJson();
        json.AppendValue(one.View().Columns[0], 0);
        return Encoding.UTF8.GetString(json.Written);
    }

    private static byte[] Damaged(ReadOnlySpan<byte> bytes, Random random)
    {
        var damaged = bytes.ToArray();
        for (var times = random.Next(3); times > 0 && damaged.Length > 0; times--)
        {
            var at = random.Next(damaged.Length);
            damaged = random.Next(4) switch
            {
                0 => damaged[..at],
                1 => [.. damaged[..at], (byte)random.Next(256), .. damaged[at..]],
                _ => [.. damaged[..at], (byte)random.Next(256), .. damaged[(at + 1)..]],
            };
        }
        return damaged;
    }

    private static string Json(Random random, int depth)
    {
        switch (random.Next(depth < 4 ? 10 : 7))
        {
            case 0:
                return "null";
            case 1:
                return random.Next(2) == 0 ? "true" : "false";
            case 2:
                return Number(random);
            case 3:
                return string.Create(CultureInfo.InvariantCulture, $"{Number(random)}.{random.NextInt64() >> random.Next(64)}");
            case 4:
                return (random.NextDouble() * Math.Pow(10, random.Next(-200, 200))).ToString("R", CultureInfo.InvariantCulture);
            case 5 or 6:
                return JsonSerializer.Serialize(Word(random, 90));
            case 7 or 8:
                var values = Enumerable.Range(0, random.Next(random.Next(40) == 0 ? 400 : 5)).Select(_ => Json(random, depth + 1));
                return $"[{string.Join(',', values)}]";
            default:
                var names = Enumerable.Range(0, random.Next(random.Next(40) == 0 ? 400 : 6)).Select(_ => Word(random, 8)).Distinct();
                return $"{{{string.Join(',', names.Select(n => $"{JsonSerializer.Serialize(n)}:{Json(random, depth + 1)}"))}}}";
        }
    }

    private static string Number(Random random) =>
        string.Create(CultureInfo.InvariantCulture, $"{(random.Next(2) == 0 ? "-" : "")}{1 + (random.NextInt64() >> random.Next(1, 64))}");

    private static string Word(Random random, int most)
    {
        string[] letters = ["a", "b", "Z", "\"", "\\", "\n", "é", "€", "😀", "\u0001", "_"];
        return string.Concat(Enumerable.Range(0, random.Next(most)).Select(_ => letters[random.Next(letters.Length)]));
    }
}
