using System.Text;
using System.Text.Json.Nodes;

using K2I.Base;

namespace K2I.Iceberg.Tests;

/// <summary>Metadata files of other implementations.</summary>
public sealed class TableMetadataJsonTests
{
    [SharedFact]
    public void SampleMetadataRoundTrips()
    {
        var files = Directory.GetFiles(Shared.Need("data/iceberg"), "*.json", SearchOption.AllDirectories)
            .Where(f => (f.Contains("/metadata/", StringComparison.Ordinal) || Path.GetFileName(f) is var n && (n.Contains("Valid", StringComparison.Ordinal) || n.Contains("StatisticsFiles", StringComparison.Ordinal)
                    || n.StartsWith("example_", StringComparison.Ordinal) || n.Contains("V1Compat", StringComparison.Ordinal) || n.Contains("WithoutDefaultId", StringComparison.Ordinal) || n.Contains("WithoutCurrentId", StringComparison.Ordinal)))
                && !f.Contains("view", StringComparison.OrdinalIgnoreCase) && !f.Contains("NoValidSchema", StringComparison.Ordinal))
            .ToList();
        Assert.True(files.Count > 20, $"{files.Count} files");
        foreach (var file in files)
        {
            var bytes = File.ReadAllBytes(file);
            var table = TableMetadataJson.Parse(bytes, file);
            if (table.FormatVersion == 1) continue;
            var written = TableMetadataJson.ToBytes(table);
            Assert.Equal(written, TableMetadataJson.ToBytes(TableMetadataJson.Parse(written, file)));
            Contains(JsonNode.Parse(bytes), JsonNode.Parse(written), file);
        }
    }

    [SharedFact]
    public void InvalidMetadataIsRefused()
    {
        string[] names = ["MissingSchemaType", "CurrentSchemaNotFound", "MissingLastPartitionId", "MissingPartitionSpecs", "MissingSchemas", "MissingSortOrder", "UnsupportedVersion", "V1NoValidSchema"];
        var files = Directory.GetFiles(Shared.Need("data/iceberg"), "TableMetadata*.json", SearchOption.AllDirectories).Where(f => names.Any(n => f.Contains(n, StringComparison.Ordinal))).ToList();
        Assert.True(files.Count >= 13, $"{files.Count} files");
        foreach (var file in files)
        {
            var error = Assert.Throws<EngineException>(() => TableMetadataJson.Parse(File.ReadAllBytes(file), file));
            Assert.Equal(file.Contains("java/TableMetadataUnsupported", StringComparison.Ordinal) ? ErrorKind.Unsupported : ErrorKind.Corrupt, error.Kind);
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void UnknownFieldsSurvive()
    {
        const string text = """
            {"format-version":2,"table-uuid":"u","location":"s3://b/t","last-sequence-number":1,"last-updated-ms":5,"last-column-id":1,"current-schema-id":0,
            "schemas":[{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"a","required":true,"type":"decimal(9,2)"}]}],"default-spec-id":0,"partition-specs":[{"spec-id":0,"fields":[]}],
            "last-partition-id":999,"default-sort-order-id":0,"sort-orders":[{"order-id":0,"fields":[]}],"current-snapshot-id":9007199254740993,"future":{"x":[1,2.50]},
            "snapshots":[{"snapshot-id":9007199254740993,"sequence-number":1,"timestamp-ms":4,"manifest-list":"s3://b/l","summary":{"operation":"append"},"schema-id":0,"later":"y"}]}
            """;
        var table = TableMetadataJson.Parse(Encoding.UTF8.GetBytes(text), "t");
        Assert.Equal(new SnapshotId(9007199254740993), table.CurrentSnapshotId);
        Assert.Equal(new SnapshotId(9007199254740993), table.Refs["main"].SnapshotId);
        var written = Encoding.UTF8.GetString(TableMetadataJson.ToBytes(table));
        Assert.Contains("\"future\":{\"x\":[1,2.50]}", written, StringComparison.Ordinal);
        Assert.Contains("\"later\":\"y\"", written, StringComparison.Ordinal);
        Assert.Contains("9007199254740993", written, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedMetadataIsCorruptNeverWorse()
    {
        var good = TableMetadataJson.ToBytes(TestTables.Creation("bucket(4, id)", 3).Build(TestTables.Events, "u", "memory://t", 1));
        var random = new Random(23);
        for (var round = 0; round < 3000; round++)
        {
            var bad = (byte[])good.Clone();
            for (var n = random.Next(1, 4); n > 0; n--) bad[random.Next(bad.Length)] = (byte)random.Next(32, 127);
            if (random.Next(4) == 0) bad = bad[..random.Next(bad.Length)];
            try
            {
                _ = TableMetadataJson.Parse(bad, "bad.json");
            }
            catch (EngineException error)
            {
                Assert.True(error.Kind is ErrorKind.Corrupt or ErrorKind.Unsupported, error.ToString());
            }
        }
    }

    /// <summary>Everything the original says is in what was written, as it was; a missing snapshot may be written -1 or null.</summary>
    private static void Contains(JsonNode? original, JsonNode? written, string where)
    {
        switch (original)
        {
            case JsonObject map:
                foreach (var (name, value) in map)
                {
                    if (value is null || (name == "current-snapshot-id" && value.ToString() == "-1")) continue;
                    Assert.True(written is JsonObject other && other.ContainsKey(name), $"{where}: {name} is gone");
                    Contains(value, written![name], $"{where}.{name}");
                }
                break;
            case JsonArray list:
                var array = Assert.IsType<JsonArray>(written);
                Assert.True(list.Count == array.Count, $"{where}: {list.Count} items became {array.Count}");
                for (var at = 0; at < list.Count; at++) Contains(list[at], array[at], $"{where}[{at}]");
                break;
            default:
                Assert.True(original!.ToJsonString() == written?.ToJsonString() || original.ToJsonString().Replace(", ", ",", StringComparison.Ordinal) == written?.ToJsonString().Replace(", ", ",", StringComparison.Ordinal),
                    $"{where}: {original.ToJsonString()} became {written?.ToJsonString()}");
                break;
        }
    }
}
