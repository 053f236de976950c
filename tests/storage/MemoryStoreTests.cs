namespace K2I.Storage.Tests;

public sealed class MemoryStoreTests : ObjectStoreContract
{
    protected override IObjectStore Store { get; } = new MemoryStore("memory://wh");

    protected override string Root => "memory://wh";
}
