using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using CommunityToolkit.HighPerformance.Buffers;
using K2I.Base;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>Which values of records have tables, as their home says in a property; and where a home is, for its tables.</summary>
internal sealed partial class TableStore
{
    private (string? Text, ImmutableArray<string> Values) routes = (null, []);

    /// <summary>The values, in the order in which they came, by the last load or commit.</summary>
    internal ImmutableArray<string> Routes
    {
        get
        {
            var text = Now.Table.Metadata.Properties.GetValueOrDefault(K2IKeys.Routes);
            if (!ReferenceEquals(text, routes.Text)) routes = (text, Parse(text));
            return routes.Values;
        }
    }

    /// <summary>
    /// Has the home say that these values have tables too: a commit like any other, so that of two writers neither forgets what the other
    /// adds. Throws what passes, or the stop.
    /// </summary>
    internal void AddRoutes(IReadOnlyCollection<string> values)
    {
        try
        {
            var result = committer.Commit(ident, new AppendFiles { Fence = table => WithRoutes(table, values) });
            if (result.Status == CommitStatus.Aborted) throw new EngineException(ErrorKind.Unavailable, $"table {ident}: {result.Reason}");
            Take(result.Table);
        }
        catch (EngineException e) when (IsAboutTheTable(e))
        {
            throw Explain(e);
        }
    }

    /// <summary>How far the home of the table is at this moment.</summary>
    internal OffsetMap OffsetsOfHome() =>
        shared.Catalog.TryLoad(shared.IdentOf(options with { Name = options.Home })) is { } home ? OffsetMap.Of(home) : OffsetMap.Empty;

    private FenceVerdict WithRoutes(Table table, IEnumerable<string> values)
    {
        var metadata = table.Metadata;
        if (metadata.Uuid != Uuid) throw Replaced(Uuid, metadata.Uuid);
        var known = Parse(metadata.Properties.GetValueOrDefault(K2IKeys.Routes));
        var all = known.Union(values, StringComparer.Ordinal).ToImmutableArray();
        if (all.Length == known.Length) return new FenceVerdict.AlreadyDone("the values are in the table");
        var entries = StandingOf(table).PropertiesOf(table)
            .Add(K2IKeys.Epoch, Math.Max(Epoch, metadata.LongProperty(K2IKeys.Epoch, 0)).ToString(CultureInfo.InvariantCulture));
        return new FenceVerdict.ProceedWith([], entries.Remove(K2IKeys.OffsetsOf), entries.Add(K2IKeys.Routes, TextOf(all)));
    }

    private static string TextOf(ImmutableArray<string> values)
    {
        using var buffer = new ArrayPoolBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var value in values) json.WriteStringValue(value);
            json.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private ImmutableArray<string> Parse(string? text)
    {
        if (text is null) return [];
        try
        {
            using var document = JsonDocument.Parse(text);
            return [.. document.RootElement.EnumerateArray().Select(v => v.GetString() ?? "")];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new EngineException(ErrorKind.Corrupt,
                $"table {ident}: its property {K2IKeys.Routes} is no list of texts: {e.Message}", e);
        }
    }
}
