using K2I.Base;
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

    /// <summary>The table of a view.</summary>
    internal static Table ColdOf(ReadView view, string table) =>
        view.Cold ?? throw new QueryException(QueryFault.Unavailable, $"table {table} has no columns yet: they come with its first record");
}
