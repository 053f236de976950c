using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;

namespace K2I.Pipeline.Tests;

/// <summary>A stop ends within its time, whatever does not answer.</summary>
public sealed class StopTests : IDisposable
{
    private readonly EngineFixture fixture = new();

    public void Dispose() => fixture.Dispose();

    [Theory]
    [InlineData(nameof(ICatalog.Commit))]
    [InlineData(nameof(ICatalog.TryLoad))]
    public void AStopEndsACallThatIsNotAnsweredAndNothingIsLost(string silent)
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, [.. Enumerable.Range(0, 20).Select(i => $$"""{"id":{{i}}}""")]);
        var table = new TableOptions { Name = "orders", Topics = ["orders"], Columns = "id: long!", Flush = new() { AgeMs = 100 } };
        var options = fixture.Options(table) with { ShutdownTimeoutMs = 1_000 };
        var services = EngineFixture.Services(options);
        using var catalog = new SilentCatalog(services.Catalog, silent);
        var engine = fixture.Start(options, services with { Catalog = catalog });
        Assert.True(catalog.Asked.Wait(30_000));
        engine.Stop();
        Assert.Equal(TableState.Stopped, engine.Table("orders").State);
        Assert.Empty(fixture.Rows("default.orders"));

        using var next = fixture.Start(options);
        next.WaitFor("orders", t => t.RowsCommitted == 20);
        Assert.Equal(20, fixture.Rows("default.orders").Distinct().Count());
    }

    /// <summary>A catalog that never answers one of its calls, as a server behind a dead network.</summary>
    private sealed class SilentCatalog(ICatalog inner, string silent) : ICatalog, IDisposable
    {
        public ManualResetEventSlim Asked { get; } = new();

        public void Dispose() => Asked.Dispose();

        public Table Load(TableIdent ident) => inner.Load(ident);

        public Table? TryLoad(TableIdent ident)
        {
            Answer(nameof(TryLoad));
            return inner.TryLoad(ident);
        }

        public Table Create(TableIdent ident, TableCreation creation) => inner.Create(ident, creation);

        public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements)
        {
            Answer(nameof(Commit));
            return inner.Commit(current, updates, requirements);
        }

        public bool Drop(TableIdent ident, bool purge) => inner.Drop(ident, purge);

        public IEnumerable<ImmutableArray<string>> ListNamespaces() => inner.ListNamespaces();

        public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => inner.ListTables(inNamespace);

        private void Answer(string call)
        {
            if (call != silent) return;
            Asked.Set();
            CallScope.Sleep(SystemClock.Instance, 3_600_000);
            throw new EngineException(ErrorKind.Unavailable, "given up");
        }
    }
}
