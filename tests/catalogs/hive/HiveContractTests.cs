using K2I.Catalogs.Hive;
using K2I.Storage;

namespace K2I.Catalogs.Tests;

/// <summary>The contract, kept through a metastore, with its locks and without.</summary>
public abstract class HiveContractTests(HiveFixture hive, bool locks) : PointerContract, IDisposable
{
    private readonly List<HivePointers> opened = [];
    private LocalStore? store;

    protected override string Prefix { get; } = hive.NewPrefix();

    protected override bool NamespacesNest => false;

    protected override IObjectStore Store => store ??= new LocalStore(hive.Warehouse);

    public void Dispose() => opened.ForEach(p => p.Dispose());

    protected override IPointers Open()
    {
        var pointers = new HivePointers(hive.Options with { Locks = locks });
        opened.Add(pointers);
        return pointers;
    }
}

[NeedsShared(HiveServer.Program)]
public sealed class HiveWithoutLocksTests(HiveFixture hive) : HiveContractTests(hive, locks: false), IClassFixture<HiveFixture>;

[NeedsShared(HiveServer.Program)]
public sealed class HiveWithLocksTests(HiveFixture hive) : HiveContractTests(hive, locks: true), IClassFixture<HiveFixture>;
