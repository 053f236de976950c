using System.Security.Cryptography;
using System.Text;

namespace K2I.Iceberg.Tests;

public sealed class ForeignTableTests
{
    /// <summary>Tables that Iceberg Java, Spark and Athena wrote, with the hash of their sorted rows as DuckDB's Iceberg reader has them.</summary>
    [SharedTheory("data/iceberg/tables")]
    [InlineData("java/bunnies", 15, "7e406f319387e5dd4566c56293e4c7846dafb08926f465bb5df7abc5a025490d")]
    [InlineData("spark/rename_column", 4, "34db98f35efc45d9af2fb3820cebc2c428dd59be0d12f6e4bb4b82b0b36afbdf")]
    [InlineData("spark/bunnies", 20, "a9803ca4753c0d057d308ff26d77532b62aba4595ca4f3ebbfc762cda31c5b97")]
    [InlineData("athena/example", 2, "dbe197284f021c68a5805209bc534c18f6e7fcfb6a458b64a03cf1e03ca3fa89")]
    public void TablesOfOtherEnginesHaveTheRowsThatOtherEnginesRead(string name, int rows, string hash)
    {
        var folder = Shared.Need("data/iceberg/tables");
        var metadata = Directory.GetFiles(Path.Join(folder, name, "metadata"), "*.metadata.json").Order(StringComparer.Ordinal).Last();
        var table = new Table(new TableIdent(["t"], name), TableMetadataJson.Parse(File.ReadAllBytes(metadata), metadata), metadata);
        var json = new RowJson();
        using var reader = new TableScan(table, new MovedStore("://hyperparam-iceberg", folder)).Read();
        while (reader.TryRead(out var batch))
            for (var i = 0; i < batch.Rows; i++) json.AppendLine(batch.Batch, batch.Ordinal(i));
        var lines = Encoding.UTF8.GetString(json.Written).Split('\n')[..^1].Order(StringComparer.Ordinal).ToList();
        Assert.Equal(rows, lines.Count);
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n"))))));
    }
}
