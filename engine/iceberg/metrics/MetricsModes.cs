using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>The metrics mode of each leaf column of a table, from its properties. A mode that cannot be read counts as the default: another engine may have set it.</summary>
/// <remarks>
/// Without a configured default the first 100 leaves get <c>truncate(16)</c> and the rest nothing; columns of the sort order keep bounds in any case;
/// a column's own property wins over all.
/// </remarks>
public sealed class MetricsModes
{
    private const int DefaultLength = 16, DefaultMaxInferred = 100;

    private readonly Dictionary<int, MetricsMode> byLeaf = [];

    public MetricsModes(TableMetadata table)
    {
        var standard = MetricsMode.Truncate(DefaultLength);
        var configured = Parse(table.Property(TableProperties.MetricsDefault));
        var limit = configured is null ? table.LongProperty(TableProperties.MetricsMaxInferred, DefaultMaxInferred) : long.MaxValue;
        var sorted = table.DefaultSortOrder.Fields.Select(f => f.SourceId).ToHashSet();
        Visit(table.CurrentSchema.Struct, "");

        void Visit(DataType type, string prefix)
        {
            foreach (var field in Schema.ChildrenOf(type))
            {
                var path = prefix + field.Name;
                if (field.Type.IsNested)
                {
                    Visit(field.Type, path + ".");
                    continue;
                }
                var mode = configured ?? (byLeaf.Count < limit ? standard : MetricsMode.None);
                if (sorted.Contains(field.Id) && mode.BoundLength == 0) mode = standard;
                byLeaf[field.Id] = Parse(table.Property(TableProperties.MetricsColumnPrefix + path)) ?? mode;
            }
        }
    }

    public MetricsMode Of(int leafId) => byLeaf.GetValueOrDefault(leafId, MetricsMode.None);

    private static MetricsMode? Parse(string? text) => MetricsMode.TryParse(text, out var mode) ? mode : null;
}
