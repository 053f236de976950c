using System.Text;
using K2I.Base;
using K2I.Decode;
using K2I.Memory;

namespace K2I.Registry.Tests;

/// <summary>Answers and kept files that nobody meant: a schema, none, or trouble by name, and the next is asked for.</summary>
public sealed class FuzzTests : IDisposable
{
    private const string Good = """
        {"schema":"{\"type\":\"record\",\"name\":\"é\",\"fields\":[]}","schemaType":"AVRO","id":7,"maxId":9,
         "references":[{"name":"b","subject":"b","version":2},{"name":"c","subject":"c","version":1}]}
        """;

    private readonly FakeRegistry server = new();
    private readonly TempFolder folder = new();

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task ChangedAnswersAreSchemasOrTrouble()
    {
        var random = new Random(31);
        using var fetcher = new SchemaFetcher(new() { Urls = [server.Url], TimeoutMs = 30_000 }, SystemClock.Instance);
        (string Path, string Good)[] answers =
        [
            ("/schemas/ids/7", Good), ("/schemas/ids/7/versions", """[{"subject":"a","version":3}]"""),
            ("/subjects/b/versions/2", """{"schema":"B","references":[{"name":"c","subject":"c","version":1}]}"""),
            ("/subjects/c/versions/1", """{"schema":"C"}"""),
        ];
        int read = 0, refused = 0;
        for (var i = 0; i < 1_000; i++)
        {
            var changed = random.Next(answers.Length);
            foreach (var (at, (path, good)) in answers.Index())
                server.Answer(path, at == changed ? Changed(random, good) : Encoding.UTF8.GetBytes(good));
            try
            {
                if (await fetcher.Fetch(SchemaId.Of(7), CancellationToken.None) is not null) read++;
            }
            catch (Exception error) when (error is EngineException { Kind: ErrorKind.Unavailable } or InvalidOperationException)
            {
                Assert.NotEqual("", error.Message);
                refused++;
            }
        }
        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused");
    }

    /// <summary>Answers that refer to others without end, to themselves, and by names that make no address.</summary>
    [Fact]
    public void AnswersThatLeadNowhereHoldUpNoOthers()
    {
        using var registry = new SchemaRegistry(new() { Urls = [server.Url] }, folder.Path, LocalFileSystem.Instance, SystemClock.Instance,
            NullLog.Instance);
        static string Refers(string subject, int version = 1) =>
            $$"""{"schema":"x","references":[{"name":"x","subject":"{{subject}}","version":{{version}}}]}""";
        server.Answer("/schemas/ids/1", 200, Refers(new string('s', 70_000)));
        server.Answer("/schemas/ids/2", 200, Refers("\\ud800"));
        server.Answer("/schemas/ids/3", 200, Refers("0"));
        for (var depth = 0; depth < 100; depth++) server.Answer($"/subjects/{depth}/versions/1", 200, Refers($"{depth + 1}"));
        server.Answer("/schemas/ids/4", 200, $$"""{"schema":"x","references":{{new string('[', 5_000)}}""");
        server.Answer("/schemas/ids/5", 200, $$"""{"schema":"x","references":[{{string.Join(',', Enumerable.Range(0, 3_000).Select(i =>
            $$"""{"name":"n","subject":"0","version":{{-i}}}"""))}}]}""");
        for (var i = 1; i <= 5; i++)
        {
            for (var deadline = Environment.TickCount64 + 60_000; registry.Trouble is null; Thread.Sleep(5))
            {
                Assert.Equal(SchemaState.Pending, registry.Find(SchemaId.Of(i), out _));
                Assert.True(Environment.TickCount64 < deadline, $"no trouble by {i}");
            }
            // One after the other, of which four at once would be all that are asked for.
            server.Answer($"/schemas/ids/{100 + i}", 200, """{"schema":"good"}""");
            Assert.NotNull(SchemaRegistryTests.Wait(registry, SchemaId.Of(100 + i), SchemaState.Known));
        }
    }

    [Fact]
    public void AChangedFileIsFetchedAgain()
    {
        var random = new Random(32);
        var files = new SchemaFiles(LocalFileSystem.Instance, folder.Path, new() { Urls = [server.Url] }, NullLog.Instance);
        var schema = new WriterSchema(SchemaId.Of(7), SchemaLanguage.Protobuf, "message é {}", [new("n", "text")])
        {
            Subject = "s",
            Version = 4,
        };
        files.Write(schema);
        Assert.Equal(schema with { References = [] }, files.Read(schema.Id)! with { References = [] });
        var file = Assert.Single(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
        var good = File.ReadAllBytes(file);
        for (var i = 0; i < 500; i++)
        {
            var bytes = Changed(random, Encoding.UTF8.GetString(good));
            File.WriteAllBytes(file, bytes);
            Assert.Equal(bytes.AsSpan().SequenceEqual(good), files.Read(schema.Id) is not null);
        }
        for (var length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(file, good[..length]);
            Assert.Null(files.Read(schema.Id));
        }
    }

    /// <summary>Mostly one change, such as somewhere a cut, or bytes that are no UTF-8; now and then none.</summary>
    private static byte[] Changed(Random random, string good) =>
        ChangedBytes.Of(random, Encoding.UTF8.GetBytes(good), random.Next(3), resizing: 60, foreign: "\"\\ud800\",1e999,{}[]null-"u8);
}
