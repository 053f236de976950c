using System.Text.Json;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Memory;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Cli.Tests;

/// <summary>Tables without a catalog: <c>--metadata</c> and <c>--moved</c>; and tables changed by hand.</summary>
public sealed class LooseTableTests : IDisposable
{
    private const string Rows = "{\"id\":0}\n{\"id\":1}\n{\"id\":2}\n";

    private readonly Harness harness = new();
    private readonly string warehouse;
    private readonly string folder;

    public LooseTableTests()
    {
        warehouse = Path.Combine(harness.Folder, "w");
        folder = Path.Combine(warehouse, "shop", "orders");
        var store = new LocalStore(warehouse);
        var catalog = new FileCatalog(store, store.Root);
        var schema = FieldIds.NewSchema([.. ColumnText.Parse("id: long!")]);
        var table = catalog.Create(TableIdent.Parse("shop.orders"), new TableCreation { Schema = schema });
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
        for (var i = 0; i < 3; i++)
        {
            builder.Column(0).AppendLong(i);
            Assert.True(builder.EndRow());
        }
        var location = $"{table.Metadata.Location}/data/a.parquet";
        using var writer = store.Create(location);
        using var parquet = new ParquetWriter(schema, ParquetOptions.Default, new ObjectSink(writer));
        parquet.Write(builder.View(), 0, 3);
        var result = parquet.Finish();
        writer.Complete();
        var file = new DataFileBuilder(table.Metadata).Build(location, result, 0, PartitionTuple.Empty);
        new TableCommitter(catalog, store).Commit(table.Ident, new AppendFiles { Files = [file] });
    }

    public void Dispose() => harness.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/metadata")]
    [InlineData("/metadata/v2.metadata.json")]
    public void ATableIsReadByItsFolderOrMetadataFile(string place) =>
        Assert.Equal((ExitCode.Ok, Rows, ""), harness.Run("tables", "read", "--metadata", folder + place));

    [Fact]
    public void OlderMetadataIsTheTableAsItWas()
    {
        Assert.Equal((ExitCode.Ok, "", ""), harness.Run("tables", "read", "--metadata", folder + "/metadata/v1.metadata.json"));
        using var page = JsonDocument.Parse(harness.Run("tables", "show", "--metadata", folder, "--json").Out);
        Assert.Equal(("shop.orders", 3),
            (page.RootElement.GetProperty("name").GetString(), page.RootElement.GetProperty("rows").GetInt32()));
    }

    [Fact]
    public void AMovedTableIsReadWhereItLies()
    {
        var moved = Path.Combine(harness.Folder, "copy");
        Directory.Move(folder, moved);
        var (code, _, error) = harness.Run("tables", "read", "--metadata", moved);
        Assert.Equal(ExitCode.NotFound, code);
        Assert.Contains("if the table was moved, --moved looks beside its metadata", error, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Ok, Rows, ""), harness.Run("tables", "read", "--metadata", moved, "--moved"));
        Assert.Equal((ExitCode.Ok, $"{Path.GetFileName(harness.Folder)}.copy: nothing found\n", ""),
            harness.Run("tables", "check", "--metadata", moved, "--moved", "--deep", "--orphans"));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void WhereNamesDoNotTellTheNewestIsAskedFor()
    {
        var metadata = Path.Combine(folder, "metadata");
        foreach (var name in (string[])["00007-b.metadata.json", "00007-a.metadata.json", "00006-c.metadata.json"])
            File.Copy(Path.Combine(metadata, "v2.metadata.json"), Path.Combine(metadata, name));
        var (code, _, error) = harness.Run("tables", "read", "--metadata", folder);
        Assert.Equal((ExitCode.Invalid,
            $"k2i: file://{metadata}: 00007-a.metadata.json and 00007-b.metadata.json are equally new; name the one that counts\n"),
            (code, error));
        File.WriteAllText(Path.Combine(metadata, "version-hint.text"), "00007-a");
        using var page = JsonDocument.Parse(harness.Run("tables", "show", "--metadata", folder, "--json").Out);
        Assert.EndsWith("/00007-a.metadata.json", page.RootElement.GetProperty("metadata_location").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCode.NotFound, "tables", "read", "--metadata", "/nope/t")]
    [InlineData(ExitCode.NotFound, "tables", "read", "--metadata", "/nope")]
    [InlineData(ExitCode.Invalid, "tables", "read", "--metadata", "/nope/t", "orders")]
    [InlineData(ExitCode.Invalid, "tables", "read")]
    [InlineData(ExitCode.Invalid, "tables", "read", "orders", "--moved")]
    [InlineData(ExitCode.Failed, "tables", "read", "--metadata", "https://example.com/t/metadata/v1.metadata.json")]
    public void WhatIsNoTableIsSaidSo(ExitCode code, params string[] line)
    {
        var (actual, output, error) = harness.Run(line);
        Assert.Equal((code, ""), (actual, output));
        Assert.StartsWith("k2i: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TablesAreCreatedAndDroppedByHand()
    {
        Assert.Equal(ExitCode.Ok,
            harness.Run("tables", "create", "shop.new", "-w", warehouse, "--columns", "id: long!, at: timestamptz", "--partition-by",
            "day(at)", "--format-version", "3").Code);
        using (var page = JsonDocument.Parse(harness.Run("tables", "show", "shop.new", "-w", warehouse, "--json").Out))
        {
            Assert.Equal(3, page.RootElement.GetProperty("format_version").GetInt32());
            Assert.Equal("day(at)", page.RootElement.GetProperty("partition_by").GetString());
        }
        var schema = harness.File("schema.json", """{"type":"object","properties":{"a":{"type":"string"}}}""");
        Assert.Equal(ExitCode.Ok, harness.Run("tables", "create", "more.b", "-w", warehouse, "--schema", schema, "--json").Code);
        Assert.Equal(ExitCode.Failed, harness.Run("tables", "create", "shop.new", "-w", warehouse, "--columns", "id: long").Code);
        Assert.Equal(ExitCode.Invalid, harness.Run("tables", "create", "shop.x", "-w", warehouse).Code);
        Assert.Equal(ExitCode.Invalid, harness.Run("tables", "create", "../x.y", "-w", warehouse, "--columns", "id: long").Code);
        Assert.Equal(ExitCode.Invalid,
            harness.Run("tables", "create", "shop.x", "-w", warehouse, "--columns", "id: long", "--partition-by", "day(nope)").Code);
        Assert.Equal(ExitCode.Failed, harness.Run("tables", "drop", "shop.new", "-w", warehouse).Code);
        Assert.Equal((ExitCode.Ok, "shop.new is dropped, and its files are deleted\n", ""),
            harness.Run("tables", "drop", "shop.new", "-w", warehouse, "--purge"));
        Assert.Equal(ExitCode.NotFound, harness.Run("tables", "drop", "shop.new", "-w", warehouse, "--purge").Code);
        Assert.Equal(Rows, harness.Run("tables", "read", "shop.orders", "-w", warehouse).Out);
    }

    [Fact]
    public void WhatAFileCatalogCannotIsSaidWithTheReason()
    {
        foreach (var line in (string[][])[["rename", "shop.orders", "shop.other"], ["register", "shop.other", folder]])
        {
            var (code, output, error) = harness.Run(["tables", .. line, "-w", warehouse]);
            Assert.Equal((ExitCode.Failed, ""), (code, output));
            Assert.Contains("in a file catalog the folder is the ", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ACatalogOfFilesIsCheckedByItsWarehouse()
    {
        var config = harness.File("k2i.ini", Harness.Minimal.Replace("./warehouse", warehouse, StringComparison.Ordinal));
        var (code, output, _) = harness.Run("catalogs", "check", "--config", config, "--json");
        Assert.Equal(ExitCode.Ok, code);
        using var json = JsonDocument.Parse(output);
        Assert.True(json.RootElement.GetProperty("checks")[0].GetProperty("ok").GetBoolean());
    }
}
