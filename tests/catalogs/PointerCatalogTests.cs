using K2I.Storage;

namespace K2I.Catalogs.Tests;

/// <summary>The contract without a catalog of anyone: what is common to all.</summary>
public sealed class PointerCatalogTests : PointerContract
{
    private readonly MemoryPointers pointers = new();

    protected override IObjectStore Store { get; } = new MemoryStore("memory://wh");

    protected override IPointers Open() => pointers;
}
