using K2I.Base;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Pipeline.Tests;

public sealed class InheritedOffsetsTests
{
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 7)]
    public void OffsetsOfAnotherTableCountNot(bool another, long expected)
    {
        var store = new MemoryStore();
        var catalog = new FileCatalog(store, store.Root);
        var committer = new TableCommitter(catalog, store);
        var ident = TableIdent.Parse("default.orders");
        var schema = Columns.FieldIds.NewSchema(Decode.ColumnText.Parse("id: long"));
        var table = committer.LoadOrCreate(ident, new TableCreation { Schema = schema });
        var properties = OffsetMap.Empty.With("orders", null, 0, new(7)).PropertiesOf(table);
        if (another) properties = properties.SetItem(K2IKeys.OffsetsOf, Guid.Empty.ToString());
        table = committer.Commit(ident, new SetTableProperties { Updates = properties }).Table;
        Assert.Equal(expected, OffsetMap.Of(table).Next("orders", 0)?.Value ?? 0);
    }
}
