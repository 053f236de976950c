using K2I.Base;
using K2I.Columns;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>The configured key in a table's columns.</summary>
internal static class TableKey
{
    /// <summary>Throws a stop of the table where it lacks a column of the key, or has one that is none.</summary>
    internal static KeyColumns Of(TableOptions options, Schema schema)
    {
        try
        {
            return KeyColumns.Of(schema, options.Key.AsSpan());
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Invalid)
        {
            throw TableStop.Misfit($"table {options.Name}: {error.Message}");
        }
    }
}
