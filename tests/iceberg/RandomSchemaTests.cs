using K2I.Columns;
using K2I.Memory;
using K2I.Parquet.Tests;
using K2I.Storage;

using Xunit.Abstractions;

namespace K2I.Iceberg.Tests;

/// <summary>Tables of random schemas, made here and read by icebird, which shares no code with anything here.</summary>
public sealed class RandomSchemaTests(ITestOutputHelper output) : IDisposable
{
    private const int Seeds = 48;

    /// <summary>icebird makes decimals floating point: what of them is left out has more digits than that holds.</summary>
    private static readonly PrimitiveType[] Types = [.. RandomTable.AllTypes.Where(t => t.Kind != TypeKind.Decimal || t.Precision <= 10)];

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [ReadersFact]
    public void IcebirdSeesTheRowsThatWereWrittenWhateverTheSchema()
    {
        var store = new LocalStore(folder.Path);
        var catalog = new FileCatalog(store, store.Root);
        var committer = TestTables.Committer(catalog, store);
        var expected = new List<List<string>>();
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var random = new Random(seed);
            var rows = new RandomTable(seed) { NullPercent = seed % 4 * 20, Repeating = seed % 5 == 0, Types = Types };
            var schema = seed % 6 == 0 ? rows.FlatSchema() : rows.NestedSchema(fields: 4, depth: seed % 5);
            output.WriteLine($"seed {seed}: {schema.Struct}");
            var ident = TableIdent.Parse($"db.t{seed}");
            // Nanoseconds need version 3.
            var version = seed % 2 == 0 || schema.Struct.ToString().Contains("_ns", StringComparison.Ordinal) ? 3 : 2;
            var table = committer.LoadOrCreate(ident, new TableCreation { Schema = schema, Spec = PartitionSpec.Unpartitioned, FormatVersion = version });
            var json = new List<string>();
            var files = new List<DataFile>();
            for (var file = random.Next(1, 4); file > 0; file--)
            {
                using var batch = new BatchBuilder(schema, MemoryTag.Scratch, 64 << 20);
                rows.Fill(batch, random.Next(1, 200), json);
                files.AddRange(ParquetFiles.Write(table, batch.View(), store, random.Next(2) == 0 ? 30 : int.MaxValue));
            }
            Assert.Equal(CommitStatus.Committed, committer.Commit(ident, TestTables.Append([.. files])).Status);
            expected.Add(json);
        }
        var read = Readers.TableRows("icebird", [.. Enumerable.Range(1, Seeds).Select(seed => $"{folder.Path}/db/t{seed}")]);
        Assert.Equal(Seeds, read.Count);
        for (var at = 0; at < Seeds; at++) JsonRows.AssertEqual(expected[at], read[at], $"seed {at + 1}");
    }
}
