using System.Collections.Immutable;
using System.Text;
using CommunityToolkit.HighPerformance.Buffers;
using K2I.Base;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Pipeline;

/// <summary>
/// Which letters of a flush their table lacks. Its offset map says of each partition below which offset letters were added. One below that is looked up among the
/// rows, as is one that the map tells nothing of because it speaks of another life of the topic, earlier or later: so a flush that is made again, with other boundaries
/// or other letters, and one of a writer that comes late, neither loses nor doubles any.
/// </summary>
internal sealed class LetterSelection
{
    private readonly HashSet<(Source Source, Offset Offset)> present = [];
    private readonly Dictionary<Source, Offset> lastMissing = [];

    private LetterSelection(Table table) => Table = table;

    internal Table Table { get; }

    /// <summary>Letters that have to be added.</summary>
    internal long Missing { get; private set; }

    internal int LargestBytes { get; private set; }

    /// <summary>Rows were looked at, not offsets alone.</summary>
    internal bool LookedUp { get; private set; }

    internal IReadOnlyList<Source> Moved => [.. lastMissing.Keys];

    internal OffsetMap Before { get; private init; } = OffsetMap.Empty;

    internal OffsetMap After { get; private set; } = OffsetMap.Empty;

    internal static LetterSelection Of(Table table, IObjectStore store, IReadOnlyList<LetterBuffer> letters, Func<Source, Offset, bool> isIn)
    {
        var selection = new LetterSelection(table) { Before = OffsetMap.Of(table) };
        var doubtful = selection.Doubtful(letters, isIn);
        if (doubtful.Count > 0) selection.LookUp(doubtful, store);
        selection.Count(letters, isIn);
        return selection;
    }

    internal bool IsMissing(Source source, Offset offset) => !present.Contains((source, offset));

    /// <summary>Letters that may be there.</summary>
    private Dictionary<(string Topic, int Partition, Offset Offset), Source> Doubtful(IReadOnlyList<LetterBuffer> letters, Func<Source, Offset, bool> isIn)
    {
        var doubtful = new Dictionary<(string, int, Offset), Source>();
        foreach (var buffer in letters)
        {
            for (var letter = buffer.Read(); letter.Next();)
                if (isIn(letter.Source, letter.Offset) && MayBeThere(letter.Source, letter.Offset)) doubtful[(letter.Source.Topic, letter.Source.Partition, letter.Offset)] = letter.Source;
        }
        return doubtful;
    }

    private bool MayBeThere(Source source, Offset offset) =>
        Before.Has(source.Topic) && (IsOther(source) || !(offset >= Before.Next(source.Topic, source.Partition)));

    /// <summary>Where letters of the partition go on; 0 for another life of the topic.</summary>
    private Offset NextOf(Source source) => IsOther(source) ? default : Before.Next(source.Topic, source.Partition) ?? default;

    private bool IsOther(Source source) => source.TopicId is { } id && Before.TopicId(source.Topic) is { } known && known != id;

    private void LookUp(Dictionary<(string Topic, int Partition, Offset Offset), Source> doubtful, IObjectStore store)
    {
        LookedUp = true;
        var filter = ImmutableArray.CreateBuilder<ScanPredicate>();
        filter.Add(new(DeadLetterTable.Topic, ScanOperator.In, [.. doubtful.Keys.Select(k => k.Topic).Distinct(StringComparer.Ordinal)]));
        filter.Add(new(DeadLetterTable.Offset, ScanOperator.GreaterOrEqual, [doubtful.Keys.Min(k => k.Offset).ToString()]));
        filter.Add(new(DeadLetterTable.Offset, ScanOperator.LessOrEqual, [doubtful.Keys.Max(k => k.Offset).ToString()]));
        var scan = new TableScan(Table, store, new ScanRequest
        {
            Columns = [DeadLetterTable.Topic, DeadLetterTable.Partition, DeadLetterTable.Offset, DeadLetterTable.TopicId],
            Filter = ScanFilter.Of(filter.ToImmutable()),
        });
        using var reader = scan.Read();
        while (reader.TryRead(out var rows))
        {
            var columns = rows.Batch.Columns;
            for (var i = 0; i < rows.Rows; i++)
            {
                var at = rows.Ordinal(i).Value;
                var key = (StringPool.Shared.GetOrAdd(columns[0].Bytes(at), Encoding.UTF8), columns[1].Value<int>(at), new Offset(columns[2].Value<long>(at)));
                if (!doubtful.TryGetValue(key, out var source)) continue;
                // The same offset of the topic that was there before is another record.
                if (source.TopicId is { } id && !columns[3].IsNull(at) && id != StringPool.Shared.GetOrAdd(columns[3].Bytes(at), Encoding.UTF8)) continue;
                present.Add((source, key.Item3));
            }
        }
    }

    private void Count(IReadOnlyList<LetterBuffer> letters, Func<Source, Offset, bool> isIn)
    {
        foreach (var buffer in letters)
        {
            for (var letter = buffer.Read(); letter.Next();)
            {
                if (!isIn(letter.Source, letter.Offset) || !IsMissing(letter.Source, letter.Offset)) continue;
                Missing++;
                LargestBytes = Math.Max(LargestBytes, letter.Bytes);
                lastMissing[letter.Source] = Offset.Max(letter.Offset, lastMissing.GetValueOrDefault(letter.Source));
            }
        }
        var after = Before;
        foreach (var source in lastMissing.Keys)
            if (IsOther(source)) after = after.Without(source.Topic);
        foreach (var (source, last) in lastMissing) after = after.With(source.Topic, source.TopicId, source.Partition, Offset.Max(NextOf(source), last.Next));
        After = after;
    }
}
