using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;

namespace K2I.Pipeline.Tests;

public sealed class PermissionTests : IDisposable
{
    private readonly EngineFixture fixture = new();

    [Fact]
    public void ARightTakenAwayPausesThatTableAloneAndResumeGoesOnWithoutLoss()
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, [.. Enumerable.Range(0, 20).Select(i => $$"""{"id":{{i}}}""")]);
        var options = fixture.Options(Orders("orders"), Orders("others"));
        var services = EngineFixture.Services(options);
        var catalog = new DenyingCatalog(services.Catalog, "orders");
        using var engine = fixture.Start(options, services with { Catalog = catalog });
        engine.WaitFor("orders", t => t.RowsCommitted == 20);

        catalog.Denies = true;
        fixture.Produce("orders", 0, [.. Enumerable.Range(20, 10).Select(i => $$"""{"id":{{i}}}""")]);
        var paused = engine.WaitFor("orders", t => t.State == TableState.Paused);
        Assert.Equal(PauseReason.PermissionDenied, paused.PauseReason);
        Assert.Contains("no right", paused.Detail, StringComparison.Ordinal);
        engine.WaitFor("others", t => t is { State: TableState.Running, RowsCommitted: 30 });

        catalog.Denies = false;
        new ResumeRequest("orders", "1", null, SystemClock.Instance.UnixMs).Write(options.DataDirectory);
        engine.WaitFor("orders", t => t is { State: TableState.Running, RowsCommitted: 30 });
        Assert.Equal(30, fixture.Rows("default.orders").Distinct().Count());
        Assert.Equal(30, fixture.Rows("default.orders").Length);
    }

    public void Dispose() => fixture.Dispose();

    private static TableOptions Orders(string name) => new() { Name = name, Topics = ["orders"], Columns = "id: long!", Flush = new() { AgeMs = 200 } };

    private sealed class DenyingCatalog(ICatalog inner, string table) : ICatalog
    {
        public volatile bool Denies;

        public Table Load(TableIdent ident) => inner.Load(ident);

        public Table? TryLoad(TableIdent ident) => inner.TryLoad(ident);

        public Table Create(TableIdent ident, TableCreation creation) => inner.Create(ident, creation);

        public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements) =>
            Denies && current.Ident.Name == table ? throw new EngineException(ErrorKind.Denied, $"no right to change {current.Ident}") : inner.Commit(current, updates, requirements);

        public bool Drop(TableIdent ident, bool purge) => inner.Drop(ident, purge);

        public IEnumerable<ImmutableArray<string>> ListNamespaces() => inner.ListNamespaces();

        public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => inner.ListTables(inNamespace);
    }
}
