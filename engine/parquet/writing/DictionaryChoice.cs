namespace K2I.Parquet;

/// <summary>
/// Whether a column's next values go through its dictionary. Every chunk begins with one, unless dictionaries are off. It is given up for good
/// (of this chunk) early when the first values hardly repeat; after the first page when it and the indices are no smaller than the plain
/// values; later when it outgrows its limit. Pages already encoded stay.
/// </summary>
internal struct DictionaryChoice(int limitBytes)
{
    /// <summary>
    /// Values before the early check, and the repeats among them that it takes to go on: by the birthday rule fewer mean more than
    /// about half a million different values, which no dictionary below the limit holds to advantage.
    /// </summary>
    private const int SampleValues = 2048, SampleRepeats = 4;

    private bool judged, sampled;

    /// <summary>Values go through the dictionary.</summary>
    internal bool Active { get; private set; } = limitBytes > 0;

    /// <summary>The first page was found worth it: pages behind it rely on the dictionary.</summary>
    internal readonly bool Judged => judged;

    /// <summary>True once, when enough values were seen to say that a dictionary cannot pay.</summary>
    internal bool GivesUpEarly(int values, int distinct)
    {
        if (sampled || judged || values < SampleValues) return false;
        sampled = true;
        if (values - distinct >= SampleRepeats) return false;
        Active = false;
        return true;
    }

    /// <summary>At the end of the first page: true when the plain form is to be written instead.</summary>
    internal bool GivesUp(long dictionaryBytes, long indexBytes, long plainBytes)
    {
        if (judged) return false;
        judged = true;
        Active = dictionaryBytes + indexBytes < plainBytes;
        return !Active;
    }

    internal readonly bool Outgrown(long dictionaryBytes) => Active && judged && dictionaryBytes > limitBytes;

    internal void Close() => Active = false;

    internal void Restart() => this = new(limitBytes);
}
