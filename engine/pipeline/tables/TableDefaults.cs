using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>Properties of the tables that K2I creates, where they are not told otherwise.</summary>
internal static class TableDefaults
{
    /// <summary>A commit leaves a metadata file behind: of a table that is committed to every few seconds only the last ones are kept (<c>write.metadata.previous-versions-max</c>).</summary>
    private static readonly ImmutableSortedDictionary<string, string> Properties =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(TableProperties.DeleteAfterCommit, "true");

    internal static ImmutableSortedDictionary<string, string> With(IEnumerable<KeyValuePair<string, string>> own) => Properties.SetItems(own);
}
