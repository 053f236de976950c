using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Pipeline.Tests;

/// <summary>Columns with a default, which another engine gives to a table of version 3.</summary>
public sealed class ColumnDefaultTests : IDisposable
{
    private static readonly TableIdent Orders = new(["default"], "orders");

    private readonly EngineFixture fixture = new();

    public void Dispose() => fixture.Dispose();

    [Fact]
    public void ARequiredColumnThatAnotherEngineAddsIsFilledByItsDefaultWhileRunningAndAfterAStart()
    {
        fixture.Broker.CreateTopic("orders", 1);
        var orders = new TableOptions { Name = "orders", Topics = ["orders"], Columns = "id: long", KafkaColumn = false };
        var options = fixture.Options(orders with { Flush = new() { AgeMs = 100 } });
        options = options with { Iceberg = options.Iceberg with { FormatVersion = 3 } };
        fixture.Produce("orders", 0, """{"id":1}""");
        using (var engine = fixture.Start(options))
        {
            engine.WaitFor("orders", t => t.RowsCommitted == 1);
            var kind = new Field(0, "kind", PrimitiveType.String, true) { InitialDefault = "\"old\"", WriteDefault = "\"new\"" };
            Change(options, new AddColumn(kind));
            // The first commit that meets the change; what was decoded before it holds what the reader says of files without the column.
            fixture.Produce("orders", 0, """{"id":2}""");
            engine.WaitFor("orders", t => t.RowsCommitted == 2);
            fixture.Produce("orders", 0, """{"id":3}""", """{"id":4,"kind":"own"}""");
            engine.WaitFor("orders", t => t.RowsCommitted == 4);
            engine.Stop();
        }
        fixture.Produce("orders", 0, """{"id":5}""");
        using (var again = fixture.Start(options))
        {
            again.WaitFor("orders", _ => fixture.Rows("default.orders").Length == 5);
            again.Stop();
        }
        Assert.Equal(
            [
                """{"id":1,"kind":"old"}""", """{"id":2,"kind":"old"}""", """{"id":3,"kind":"new"}""", """{"id":4,"kind":"own"}""",
                """{"id":5,"kind":"new"}""",
            ],
            fixture.Rows("default.orders").Order(StringComparer.Ordinal));
    }

    private static void Change(EngineOptions options, TableAction action)
    {
        var services = EngineFixture.Services(options);
        Assert.Equal(CommitStatus.Committed, new TableCommitter(services.Catalog, services.Objects).Commit(Orders, action).Status);
    }

    /// <summary>What other engines' <c>ALTER TABLE … ADD COLUMN … NOT NULL DEFAULT</c> sends.</summary>
    private sealed class AddColumn(Field field) : TableAction
    {
        public override ActionResult Apply(Table table, ActionContext context)
        {
            var id = table.Metadata.LastColumnId + 1;
            var current = table.Metadata.CurrentSchema;
            var schema = new Schema(current.SchemaId + 1, new StructType([.. current.Fields, field with { Id = id }]));
            return new ActionResult.Change(
                [new MetadataUpdate.AddSchema(schema, id), new MetadataUpdate.SetCurrentSchema(MetadataUpdate.LastAdded)], []);
        }

        public override bool HasLanded(TableMetadata table) => table.CurrentSchema.Fields.Any(f => f.Name == field.Name);
    }
}
