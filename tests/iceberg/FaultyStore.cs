using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>A store whose N-th changing call fails: before it takes effect, after it did (Unknown), or from then on.</summary>
internal sealed class FaultyStore(IObjectStore inner) : IObjectStore
{
    public enum Fault
    {
        None,
        Before,
        After,
        FromThenOn,
    }

    /// <summary>Called before each changing call.</summary>
    public Action<string> Changing { get; init; } = _ => { };

    /// <summary>Called before each whole object is read.</summary>
    public Action<string> Reading { get; init; } = _ => { };

    public Fault Kind { get; set; }

    public int At { get; set; }

    public int Calls { get; private set; }

    public bool Fired { get; private set; }

    public void Arm(Fault kind, int at) => (Kind, At, Calls, Fired) = (kind, at, 0, false);

    public IObjectWriter Create(string location) => new Writer(this, inner.Create(location));

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes)
    {
        Before(location);
        var made = inner.PutIfAbsent(location, bytes);
        After(location);
        return made;
    }

    public void Put(string location, ReadOnlySpan<byte> bytes)
    {
        Before(location);
        inner.Put(location, bytes);
        After(location);
    }

    public byte[] Read(string location)
    {
        Reading(location);
        return inner.Read(location);
    }

    public IObjectReader Open(string location, long? length = null) => inner.Open(location, length);

    public bool Exists(string location) => inner.Exists(location);

    public long Length(string location) => inner.Length(location);

    public IEnumerable<ObjectInfo> List(string prefix) => inner.List(prefix);

    public IEnumerable<string> ListFolders(string folder) => inner.ListFolders(folder);

    public bool Delete(string location)
    {
        Before(location);
        var gone = inner.Delete(location);
        After(location);
        return gone;
    }

    public IEnumerable<UnfinishedObject> ListUnfinished(string prefix) => inner.ListUnfinished(prefix);

    public bool Abort(UnfinishedObject unfinished)
    {
        Before(unfinished.Location);
        var gone = inner.Abort(unfinished);
        After(unfinished.Location);
        return gone;
    }

    private void Before(string location)
    {
        Changing(location);
        Calls++;
        if (Kind == Fault.None || (Kind == Fault.FromThenOn ? Calls < At : Calls != At) || Kind == Fault.After) return;
        Fired = true;
        throw new EngineException(ErrorKind.Unavailable, $"{location}: the test's fault");
    }

    private void After(string location)
    {
        if (Kind != Fault.After || Calls != At) return;
        Fired = true;
        throw new EngineException(ErrorKind.Unknown, $"{location}: the test's fault, afterwards");
    }

    private sealed class Writer(FaultyStore store, IObjectWriter writer) : IObjectWriter
    {
        public string Location => writer.Location;

        public long Length => writer.Length;

        public void Write(ReadOnlySpan<byte> bytes) => writer.Write(bytes);

        public void Complete()
        {
            store.Before(Location);
            writer.Complete();
            store.After(Location);
        }

        public void Dispose() => writer.Dispose();
    }
}
