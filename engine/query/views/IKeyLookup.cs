using K2I.Columns;

namespace K2I.Query;

/// <summary>Finds the newest row of a key among those in memory. Any thread.</summary>
public interface IKeyLookup
{
    /// <summary>The columns that the key is made of, by path, in order.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>
    /// The newest row in memory whose key columns have these values, as texts in the order of <see cref="Columns"/>. The view that comes
    /// back holds that row alone: its ordinal in the only entry of <see cref="ReadView.Hot"/> or <see cref="ReadView.Flushed"/>. Null where
    /// no row in memory has the key: then the snapshot of a view that is opened afterwards has the newest, if any.
    /// Throws <see cref="QueryFault.BadQuestion"/> for a text that is no value of its column.
    /// </summary>
    (ReadView View, Ordinal Row)? Find(IReadOnlyList<string> key);
}
