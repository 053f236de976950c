namespace K2I.Kafka;

/// <summary>
/// Gives the topics of one consumer small stable numbers. librdkafka's topic handles are stable only while partitions of the topic are assigned, so
/// what is known of handles is forgotten at each rebalance. Polling thread only, but for <see cref="Name"/>, which any thread may call.
/// </summary>
internal sealed unsafe class TopicTable
{
    private readonly Dictionary<string, int> ids = [];
    private readonly Dictionary<nint, int> handles = [];
    private volatile string[] names = [];
    private nint lastHandle;
    private int lastId;

    /// <summary>The number of a record's topic; no allocation but at the first sight of a topic.</summary>
    public int IdOf(nint handle) => handle == lastHandle ? lastId : Find(handle);

    public string Name(int id) => names[id];

    public int IdOf(string name)
    {
        if (ids.TryGetValue(name, out var id)) return id;
        id = names.Length;
        ids.Add(name, id);
        names = [.. names, name];
        return id;
    }

    public void ForgetHandles()
    {
        handles.Clear();
        lastHandle = 0;
    }

    private int Find(nint handle)
    {
        if (!handles.TryGetValue(handle, out var id))
        {
            id = IdOf(KafkaError.Utf8(Native.TopicName(handle)));
            handles.Add(handle, id);
        }
        (lastHandle, lastId) = (handle, id);
        return id;
    }
}
