using K2I.Base;

namespace K2I.Storage;

/// <summary>A store behind a circuit breaker: while it does not answer, calls fail at once as Unavailable, before anything was done. Outcomes pass unchanged.</summary>
/// <remarks>An object already being written or read is not held up: its calls only count.</remarks>
public sealed class BreakerStore(IObjectStore inner, CircuitBreaker breaker) : IObjectStore
{
    public IObjectWriter Create(string location)
    {
        var probe = breaker.Enter();
        try
        {
            return new Writer(inner.Create(location), breaker, probe);
        }
        catch (EngineException error)
        {
            breaker.Leave(probe, error);
            throw;
        }
    }

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes)
    {
        var probe = breaker.Enter();
        EngineException? failure = null;
        try
        {
            return inner.PutIfAbsent(location, bytes);
        }
        catch (EngineException error)
        {
            failure = error;
            throw;
        }
        finally
        {
            breaker.Leave(probe, failure);
        }
    }

    public void Put(string location, ReadOnlySpan<byte> bytes)
    {
        var probe = breaker.Enter();
        EngineException? failure = null;
        try
        {
            inner.Put(location, bytes);
        }
        catch (EngineException error)
        {
            failure = error;
            throw;
        }
        finally
        {
            breaker.Leave(probe, failure);
        }
    }

    public byte[] Read(string location) => breaker.Call(() => inner.Read(location));

    public IReadOnlyList<byte[]?> ReadAll(IReadOnlyList<string> locations) => breaker.Call(() => inner.ReadAll(locations));

    public IObjectReader Open(string location, long? length = null) =>
        new Reader(breaker.Call(() => inner.Open(location, length)), breaker);

    public bool Exists(string location) => breaker.Call(() => inner.Exists(location));

    public long Length(string location) => breaker.Call(() => inner.Length(location));

    public IReadOnlyList<long> Lengths(IReadOnlyList<string> locations) => breaker.Call(() => inner.Lengths(locations));

    public IEnumerable<ObjectInfo> List(string prefix) => Counted(breaker.Call(() => inner.List(prefix)));

    public IEnumerable<string> ListFolders(string folder) => Counted(breaker.Call(() => inner.ListFolders(folder)));

    public string? FindFirst(IReadOnlyList<string> locations) => breaker.Call(() => inner.FindFirst(locations));

    public bool Delete(string location) => breaker.Call(() => inner.Delete(location));

    public IReadOnlyDictionary<string, EngineException> DeleteAll(IReadOnlyCollection<string> locations) =>
        breaker.Call(() => inner.DeleteAll(locations));

    public IEnumerable<UnfinishedObject> ListUnfinished(string prefix) => Counted(breaker.Call(() => inner.ListUnfinished(prefix)));

    public bool Abort(UnfinishedObject unfinished) => breaker.Call(() => inner.Abort(unfinished));

    private IEnumerable<T> Counted<T>(IEnumerable<T> items)
    {
        using var all = items.GetEnumerator();
        while (true)
        {
            try
            {
                if (!all.MoveNext()) yield break;
            }
            catch (EngineException error)
            {
                breaker.Leave(probe: false, error);
                throw;
            }
            yield return all.Current;
        }
    }

    /// <summary>One call from creation to completion: only then has the store shown that it takes objects.</summary>
    private sealed class Writer(IObjectWriter inner, CircuitBreaker breaker, bool probe) : IObjectWriter
    {
        private bool told;

        public string Location => inner.Location;

        public long Length => inner.Length;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            try
            {
                inner.Write(bytes);
            }
            catch (EngineException error)
            {
                Tell(error);
                throw;
            }
        }

        public void BeginComplete() => inner.BeginComplete();

        public void Complete()
        {
            try
            {
                inner.Complete();
            }
            catch (EngineException error)
            {
                Tell(error);
                throw;
            }
            Tell(null);
        }

        public void Dispose()
        {
            inner.Dispose();
            if (!told) breaker.Abandon(probe);
            told = true;
        }

        private void Tell(EngineException? error)
        {
            if (!told) breaker.Leave(probe, error);
            told = true;
        }
    }

    private sealed class Reader(IObjectReader inner, CircuitBreaker breaker) : IObjectReader
    {
        public string Location => inner.Location;

        public long Length => inner.Length;

        public void ReadAt(long offset, Span<byte> into)
        {
            try
            {
                inner.ReadAt(offset, into);
            }
            catch (EngineException error)
            {
                breaker.Leave(probe: false, error);
                throw;
            }
        }

        public void Expect(ReadOnlySpan<ByteRange> ranges) => inner.Expect(ranges);

        public void Dispose() => inner.Dispose();
    }
}
