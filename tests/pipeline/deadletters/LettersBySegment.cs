using System.Runtime.CompilerServices;

namespace K2I.Pipeline.Tests;

/// <summary>Letters that tests collect under the number of a segment, and hand over by it.</summary>
internal static class LettersBySegment
{
    private static readonly ConditionalWeakTable<DeadLetters, Dictionary<int, LetterBuffer>> Buffers = [];

    internal static Dictionary<int, LetterBuffer> BuffersOf(DeadLetters letters) => Buffers.GetOrCreateValue(letters);

    internal static void Keep(this DeadLetters letters, string flushId, long epoch, int[] segments, IReadOnlyList<OffsetRange> ranges) =>
        letters.Keep(flushId, epoch,
            (IReadOnlyList<LetterBuffer>)[.. segments.Where(s => BuffersOf(letters).ContainsKey(s)).Select(s => BuffersOf(letters)[s])],
            ranges);

    /// <summary>The segment's letters are done with.</summary>
    internal static void Clear(this DeadLetters letters, int segment)
    {
        if (BuffersOf(letters).Remove(segment, out var buffer)) buffer.Dispose();
    }
}
