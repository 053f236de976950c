using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>Parts of questions, and what is wrong with them.</summary>
internal static class Questions
{
    /// <summary>A filter from its text form.</summary>
    internal static ScanFilter Parse(string text) => Bind(() => ScanFilter.Parse(text));

    /// <summary>What is made of a question by modules that call it invalid where columns, filters or values are wrong.</summary>
    internal static T Bind<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (EngineException error) when (error.Kind is ErrorKind.Invalid or ErrorKind.NotFound or ErrorKind.Unsupported)
        {
            throw new QueryException(QueryFault.BadQuestion, error.Message, error);
        }
    }

    /// <summary>
    /// The newest schema that rows of a view have: the metadata's, or where that has yet to be told, the newest of rows in memory.
    /// </summary>
    internal static Schema SchemaOf(ReadView view, Table table)
    {
        var newest = table.Metadata.CurrentSchema;
        foreach (var rows in view.Hot)
        {
            var schema = rows.Segment.Schema;
            if (schema.SchemaId > newest.SchemaId && table.Metadata.FindSchema(schema.SchemaId) is null) newest = schema;
        }
        return newest;
    }

    /// <summary>The table of a view.</summary>
    internal static Table ColdOf(ReadView view, string table) =>
        view.Cold ?? throw new QueryException(QueryFault.Unavailable, $"table {table} has no columns yet: they come with its first record");
}
