using K2I.Catalogs.Hive;
using K2I.Storage;

namespace K2I.Catalogs.Tests;

/// <summary>
/// The contract, kept through a metastore, without its locks: with them writers that race wait for each other for minutes.
/// <see cref="HivePointersTests"/> has the locks.
/// </summary>
[NeedsShared(HiveServer.Program)]
public sealed class HiveContractTests(HiveFixture hive) : PointerContract, IClassFixture<HiveFixture>, IDisposable
{
    private readonly List<HivePointers> opened = [];
    private LocalStore? store;

    protected override string Prefix { get; } = hive.NewPrefix();

    protected override bool NamespacesNest => false;

    protected override IObjectStore Store => store ??= new LocalStore(hive.Warehouse);

    public void Dispose() => opened.ForEach(p => p.Dispose());

    protected override IPointers Open()
    {
        var pointers = new HivePointers(hive.Options with { Locks = false });
        opened.Add(pointers);
        return pointers;
    }
}
