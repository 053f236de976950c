using System.Text;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Answers of a REST catalog as a test wants them.</summary>
internal static class RestStub
{
    /// <summary>A table as a server would give it, with what it hands out for its files.</summary>
    public static string Table(string root, string config = "{}", string credentials = "[]")
    {
        var store = new MemoryStore("memory://wh");
        var table = new FileCatalog(store, "memory://wh").Create(TestTables.Events, TestTables.Creation());
        var metadata = Encoding.UTF8.GetString(TableMetadataJson.ToBytes(table.Metadata))
            .Replace("memory://wh/db/events", root, StringComparison.Ordinal);
        return $$$"""
            {"metadata-location":"{{{root}}}/metadata/1.json","metadata":{{{metadata}}},
             "config":{{{config}}},"storage-credentials":{{{credentials}}}}
            """;
    }

    /// <summary>Null where the answer is to be that there is no such thing.</summary>
    public static HttpStub Serve(Func<HttpStub.Request, HttpStub.Answer?> answer, string config = "{}") => new(request =>
        request.Url.Contains("/v1/config", StringComparison.Ordinal) ? new(200, config) : answer(request) ?? new(404, "{}"));
}
