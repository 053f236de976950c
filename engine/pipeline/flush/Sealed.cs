using K2I.Base;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>
/// What is handed over at the seal: a segment's rows, and all that its flush needs to know. Immutable; made by the lane's thread, then the
/// flush's alone. It holds the segment, its letters and the pin until <see cref="Release"/>.
/// </summary>
/// <param name="Part">The lane's part of the run that made it.</param>
/// <param name="Segment">Its rows; perhaps none, where it covers dead letters or gaps alone.</param>
/// <param name="Ranges">Its offsets, one range a source.</param>
/// <param name="FirstFetchedUnixMs">When the first of its records was fetched; 0 for none.</param>
/// <param name="Letters">Its dead letters; null for none.</param>
/// <param name="Pin">Keeps its records in the log.</param>
/// <param name="Redo">The flush that was to commit these rows when a crash came; it is done again under its own name. Null for a new
/// one.</param>
internal sealed record Sealed(RunPart Part, Segment Segment, OffsetRange[] Ranges, long FirstFetchedUnixMs, LetterBuffer? Letters,
    LogPin Pin, LoggedFlush? Redo)
{
    internal int Rows => Segment.PublishedRows;

    /// <summary>Its rows are in the table, or its run has ended: gives memory, letters and log back. Once.</summary>
    internal void Release(bool isFlushed)
    {
        if (isFlushed)
        {
            Segment.MarkFlushed(Part.Lane.Clock.MonotonicMs);
        }
        else
        {
            Segment.Discard();
        }
        Letters?.Dispose();
        Pin.Release();
        Part.OnReleased();
    }

    /// <summary>
    /// The ranges of sealed segments as one each, in the order of first appearance. Those of one source follow one another.
    /// </summary>
    internal static List<OffsetRange> Merge(IEnumerable<Sealed> segments)
    {
        var merged = new List<OffsetRange>();
        var at = new Dictionary<Source, int>(ReferenceEqualityComparer.Instance);
        foreach (var segment in segments)
        {
            foreach (var range in segment.Ranges)
            {
                if (at.TryAdd(range.Source, merged.Count)) merged.Add(range);
                else
                {
                    var known = merged[at[range.Source]];
                    Check.That(range.From == known.Next);
                    merged[at[range.Source]] = known with { Next = range.Next };
                }
            }
        }
        return merged;
    }
}
