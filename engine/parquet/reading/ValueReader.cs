namespace K2I.Parquet;

/// <summary>
/// Decodes a column's values, nulls left out, into a queue in column layout: pages feed the end, batches take from the front. Knows nothing of levels.
/// </summary>
internal abstract unsafe class ValueReader : IDisposable
{
    private protected const string TooFew = "a page has fewer values than it says";

    /// <summary>Values in the queue.</summary>
    internal int Count { get; private protected set; }

    /// <summary>Bytes that the queue's values take.</summary>
    internal abstract long Bytes { get; }

    /// <summary>Values that may be read in one call without taking much memory.</summary>
    internal virtual int Step => int.MaxValue;

    /// <summary>Forgets the dictionary of the chunk before.</summary>
    internal abstract void StartChunk();

    /// <summary>Takes a dictionary page's values.</summary>
    internal abstract void SetDictionary(byte* start, byte* end, int count);

    /// <summary>Begins a data page's values. The bytes stay valid until the page's last value is read; slack follows them.</summary>
    internal abstract void StartPage(StoredEncoding encoding, byte* start, byte* end);

    /// <summary>Appends the page's next values to the queue.</summary>
    internal abstract void Read(int count);

    /// <summary>Removes the first values from the queue.</summary>
    internal abstract void Drop(int count);

    public abstract void Dispose();

    private protected static void Refuse(StoredEncoding encoding) => throw new Damage($"its values are encoded as {encoding}, which its type does not allow");

    /// <summary>Begins a page of indices into a dictionary of so many values, negative for none: their bit width comes first.</summary>
    private protected static void StartIndices(ref HybridDecoder indices, int dictionaryCount, byte* start, byte* end)
    {
        Damage.Unless(dictionaryCount >= 0, "a page needs a dictionary that is not there");
        if (start == end)
        {
            indices.Start(start, end, 0);
            return;
        }
        Damage.Unless(*start <= 32, "dictionary indices of more than 32 bits");
        indices.Start(start + 1, end, *start);
    }
}
