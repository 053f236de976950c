using System.Text.Json;

namespace K2I.Iceberg.Tests;

/// <summary>The servers in use, each by the shape of its answers (<c>shapes/README.md</c> says where they are from).</summary>
public sealed class RestShapeTests
{
    public static TheoryData<string> Servers => [.. Directory.EnumerateFiles(Folder, "*.json").Select(f =>
        Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    private static string Folder => Repository.Path("tests/iceberg/shapes");

    [Theory]
    [MemberData(nameof(Servers))]
    public void WhatAServerAnswersIsTakenAsItIsMeant(string server)
    {
        // At its start all keys are good for an hour.
        var clock = new FakeClock();
        var text = File.ReadAllText(Path.Combine(Folder, server + ".json"));
        using var unread = JsonDocument.Parse(text);
        var table = unread.RootElement.GetProperty("table");
        var (at, location) = (unread.RootElement.GetProperty("at").GetString()!, unread.RootElement.GetProperty("location").GetString()!);
        var answers = (Config: "", Table: "", Keys: "");
        using var stub = new HttpStub(r => r.Url.StartsWith(at + "/v1/config", StringComparison.Ordinal) ? new(200, answers.Config)
            : r.Url.EndsWith("/tables/events", StringComparison.Ordinal) ? new(200, answers.Table)
            : r.Url.EndsWith("/credentials", StringComparison.Ordinal) || r.Url.EndsWith("/keys", StringComparison.Ordinal)
                ? new(200, answers.Keys) : new(404, "{}"));
        var credentials = table.TryGetProperty("storage-credentials", out var some) ? some.GetRawText() : "[]";
        var ofConfig = $$"""[{"prefix":"{{location}}","config":{{table.GetProperty("config").GetRawText()}}}]""";
        answers = (Told(unread.RootElement.GetProperty("config").GetRawText()),
            Told(RestStub.Table(location, table.GetProperty("config").GetRawText(), credentials)),
            Told($$"""{"storage-credentials":{{(credentials == "[]" ? ofConfig : credentials)}}}"""));
        using var catalog = new RestCatalog(new RestOptions
        {
            Uri = stub.Uri + at,
            Access = StorageAccess.Vended,
            StorageRoots = ["s3://", "gs://", "abfss://"],
        }, clock);
        _ = catalog.Load(TestTables.Events);

        var expected = unread.RootElement.GetProperty("expect");
        Assert.Equal(expected.GetProperty("path").GetString(), stub.Requests[^1].Url);
        Assert.Equal(expected.TryGetProperty("missing", out var missing) ? missing.EnumerateArray().Select(m => m.GetString()!) : [],
            catalog.Missing());
        var grant = catalog.Grants.For(location + "/data/x.parquet");
        if (!expected.TryGetProperty("grant", out var wanted))
        {
            Assert.Null(grant);
            return;
        }
        var properties = grant!.Current();
        foreach (var property in wanted.EnumerateObject()) Assert.Equal(property.Value.GetString(), properties[property.Name]);
        if (!expected.TryGetProperty("ends", out var ends)) return;
        Assert.Equal(ends.GetInt64(), ServedConfig.EndMs(properties));
        clock.Pass(3_599_000);
        _ = grant.Current();
        Assert.Equal(expected.GetProperty("renewedAt").GetString(), stub.Requests[^1].Url);

        string Told(string json) => json.Replace("{ROOT}", stub.Uri, StringComparison.Ordinal);
    }
}
