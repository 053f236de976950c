using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;
using K2I.Memory;

namespace K2I.Pipeline.Tests;

/// <summary>A flush that can never be committed, while the log takes nothing that says so.</summary>
public sealed class AbandonedFlushTests : IDisposable
{
    private readonly EngineFixture fixture = new();

    public void Dispose() => fixture.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ATableThatIsMissingIsThePauseAlsoWhereTheLogIsFull(bool logIsFull)
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, """{"id":1}""");
        var options = fixture.Options(new TableOptions { Name = "orders", Topics = ["orders"], Columns = "id: long", Flush = new() { AgeMs = 100 } });
        var services = EngineFixture.Services(options);
        var catalog = new DroppingCatalog(services.Catalog, options);
        using var engine = fixture.Start(options, services with { Catalog = catalog, Files = logIsFull ? new FullFileSystem() : LocalFileSystem.Instance });
        var paused = engine.WaitFor("orders", t => t.State == TableState.Paused);
        Assert.Equal(PauseReason.TableMissing, paused.PauseReason);
        engine.Stop();
        Assert.Equal(logIsFull, fixture.Log.Lines.Any(l => l.Contains("the files of a failed commit stay", StringComparison.Ordinal)));
        Assert.Equal(logIsFull ? 1 : 0, catalog.DataFiles.Count(File.Exists));
    }

    /// <summary>A catalog in which someone drops the table, its metadata alone, just before the first commit.</summary>
    private sealed class DroppingCatalog(ICatalog inner, EngineOptions options) : ICatalog
    {
        public string[] DataFiles { get; private set; } = [];

        public Table Load(TableIdent ident) => inner.Load(ident);

        public Table? TryLoad(TableIdent ident) => inner.TryLoad(ident);

        public Table Create(TableIdent ident, TableCreation creation) => inner.Create(ident, creation);

        public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements)
        {
            var folder = Path.Combine(options.Iceberg.Warehouse, "default", "orders");
            if (DataFiles.Length == 0 && Directory.Exists(Path.Combine(folder, "data")))
            {
                DataFiles = Directory.GetFiles(Path.Combine(folder, "data"), "*.parquet", SearchOption.AllDirectories);
                Directory.Delete(Path.Combine(folder, "metadata"), recursive: true);
            }
            return inner.Commit(current, updates, requirements);
        }

        public bool Drop(TableIdent ident, bool purge) => inner.Drop(ident, purge);

        public IEnumerable<ImmutableArray<string>> ListNamespaces() => inner.ListNamespaces();

        public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => inner.ListTables(inNamespace);
    }

    /// <summary>Local files with no space for the entry that a flush was given up.</summary>
    private sealed class FullFileSystem : IFileSystem
    {
        private readonly IFileSystem inner = LocalFileSystem.Instance;

        public void CreateDirectory(string path) => inner.CreateDirectory(path);

        public IReadOnlyList<string> ListFiles(string directory) => inner.ListFiles(directory);

        public IReadOnlyList<string> ListDirectories(string directory) => inner.ListDirectories(directory);

        public bool Exists(string path) => inner.Exists(path);

        public INewFile NewFile(string path, long bytes) => inner.NewFile(path, bytes);

        public IMappedFile Map(string path) => inner.Map(path);

        public IFileWriter OpenWriter(string path) => new Writer(inner.OpenWriter(path));

        public void Rename(string from, string to) => inner.Rename(from, to);

        public bool Delete(string path) => inner.Delete(path);

        public byte[] Read(string path, int maxBytes) => inner.Read(path, maxBytes);

        public void Write(string path, ReadOnlySpan<byte> bytes) => inner.Write(path, bytes);

        public IDisposable Lock(string path) => inner.Lock(path);

        private sealed class Writer(IFileWriter file) : IFileWriter
        {
            public long Length => file.Length;

            public void Write(long at, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, ReadOnlySpan<byte> tail)
            {
                if (body.IndexOf("\"FlushAbandoned\""u8) >= 0) throw new EngineException(ErrorKind.Full, "no space left");
                file.Write(at, head, body, tail);
            }

            public void Sync() => file.Sync();

            public void Dispose() => file.Dispose();
        }
    }
}
