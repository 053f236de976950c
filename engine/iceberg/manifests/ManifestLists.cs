namespace K2I.Iceberg;

/// <summary>
/// Manifest lists that were written last, as bytes: who commits again and again need not ask the store for what it has put there. A list
/// never changes under its name, in which a uuid stands. Any thread.
/// </summary>
public sealed class ManifestLists
{
    private const long MostBytes = 4 << 20;

    private readonly Lock gate = new();
    private readonly Dictionary<string, byte[]> lists = new(StringComparer.Ordinal);
    private readonly Queue<string> oldestFirst = new();
    private long bytes;

    internal byte[]? Find(string location)
    {
        lock (gate) return lists.GetValueOrDefault(location);
    }

    internal void Keep(string location, byte[] list)
    {
        lock (gate)
        {
            if (!lists.TryAdd(location, list)) return;
            oldestFirst.Enqueue(location);
            bytes += list.Length;
            while (bytes > MostBytes)
                if (lists.Remove(oldestFirst.Dequeue(), out var oldest)) bytes -= oldest.Length;
        }
    }
}
