using System.Diagnostics;
using K2I.Storage;

namespace K2I.Cli.Bench;

/// <summary>Adds up the time that a store takes, metadata files and the rest apart. One thread.</summary>
internal sealed class TimedStore(IObjectStore inner) : IObjectStore
{
    public double MetadataReadMs { get; private set; }

    public double MetadataWriteMs { get; private set; }

    /// <summary>Manifests, manifest lists, looking for versions.</summary>
    public double OtherMs { get; private set; }

    public void Reset() => MetadataReadMs = MetadataWriteMs = OtherMs = 0;

    public IObjectWriter Create(string location) => new TimedWriter(this, Time(() => inner.Create(location), Other));

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes)
    {
        var started = Stopwatch.GetTimestamp();
        var made = inner.PutIfAbsent(location, bytes);
        MetadataWriteMs += Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return made;
    }

    public void Put(string location, ReadOnlySpan<byte> bytes)
    {
        var started = Stopwatch.GetTimestamp();
        inner.Put(location, bytes);
        Other(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    public byte[] Read(string location) => Time(() => inner.Read(location), location.EndsWith(".metadata.json", StringComparison.Ordinal) ? ms => MetadataReadMs += ms : Other);

    public IObjectReader Open(string location, long? length = null) => inner.Open(location, length);

    public bool Exists(string location) => Time(() => inner.Exists(location), Other);

    public long Length(string location) => inner.Length(location);

    public IEnumerable<ObjectInfo> List(string prefix) => inner.List(prefix);

    public IEnumerable<string> ListFolders(string folder) => inner.ListFolders(folder);

    public bool Delete(string location) => Time(() => inner.Delete(location), Other);

    public IEnumerable<UnfinishedObject> ListUnfinished(string prefix) => inner.ListUnfinished(prefix);

    public bool Abort(UnfinishedObject unfinished) => Time(() => inner.Abort(unfinished), Other);

    private void Other(double ms) => OtherMs += ms;

    private static T Time<T>(Func<T> call, Action<double> add)
    {
        var started = Stopwatch.GetTimestamp();
        var result = call();
        add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return result;
    }

    private sealed class TimedWriter(TimedStore store, IObjectWriter writer) : IObjectWriter
    {
        public string Location => writer.Location;

        public long Length => writer.Length;

        public void Write(ReadOnlySpan<byte> bytes) => writer.Write(bytes);

        public void Complete()
        {
            var started = Stopwatch.GetTimestamp();
            writer.Complete();
            store.Other(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        public void Dispose() => writer.Dispose();
    }
}
