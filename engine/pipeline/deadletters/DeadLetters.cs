using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>
/// Where a table's records go that are no rows. Collected on the lanes' threads beside the rows of the open segment, made lasting by the
/// flush before its commit: whatever the main table's offsets pass over is then safe.
/// </summary>
/// <remarks>
/// Any lane's thread: <see cref="Add"/>, with the letters of its own open segment. Flush worker: <see cref="Keep"/>, with those of sealed
/// ones. The seal is the hand-over of a segment's letters, as of its rows.
/// </remarks>
internal abstract class DeadLetters : IDisposable
{
    /// <summary>Bytes that wait for a commit, all segments together. Any thread.</summary>
    internal abstract long PendingBytes { get; }

    /// <summary>
    /// Takes a record in with the open segment's letters, which are made with the first. False where there is no room for it beside them:
    /// seal, and offer it to the next segment. An empty segment always has room. Throws a <see cref="TableStop"/> under <c>dead_letter =
    /// pause</c>.
    /// </summary>
    internal abstract bool Add(in RecordInput record, Source source, ref LetterBuffer? letters, string error, string detail);

    /// <summary>
    /// Makes the letters of sealed segments last, those inside <paramref name="ranges"/>. When it returns they are where the policy puts them, also if a crash or an
    /// earlier flush had put some of them there before. Throws what passes as retryable, Denied or Unknown: call again with the same
    /// arguments; or end the run.
    /// </summary>
    internal abstract void Keep(string flushId, long epoch, IReadOnlyList<LetterBuffer> letters, IReadOnlyList<OffsetRange> ranges);

    public abstract void Dispose();
}
