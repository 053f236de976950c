using System.Runtime.InteropServices;

namespace K2I.Kafka;

/// <summary>
/// The headers of a record, decoded only when asked for: <c>foreach (var header in record.Headers)</c>. Order and repeated names are kept.
/// A borrow: valid while the record is.
/// </summary>
public readonly unsafe ref struct KafkaHeaders
{
    private readonly NativeMessage* message;

    internal KafkaHeaders(NativeMessage* message) => this.message = message;

    /// <summary>How many there are; decodes them.</summary>
    public int Count => TryOpen(out var headers) ? (int)Native.HeaderCount(headers) : 0;

    public Enumerator GetEnumerator() => new(TryOpen(out var headers) ? headers : 0);

    private bool TryOpen(out nint headers)
    {
        nint found = 0;
        var there = message != null && Native.MessageHeaders(message, &found) == KafkaError.None;
        headers = found;
        return there;
    }

    /// <summary>Walks the headers in order.</summary>
    public ref struct Enumerator
    {
        private readonly nint headers;
        private nuint next;

        internal Enumerator(nint headers) => this.headers = headers;

        public KafkaHeaderView Current { get; private set; }

        public bool MoveNext()
        {
            byte* name, value;
            nuint size;
            if (headers == 0 || Native.HeaderGetAll(headers, next, &name, &value, &size) != KafkaError.None) return false;
            next++;
            Current = new(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name), new ReadOnlySpan<byte>(value, (int)size), value == null);
            return true;
        }
    }
}
