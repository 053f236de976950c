using System.Collections.Concurrent;
using K2I.Base;

namespace K2I.Catalogs.Hive;

/// <summary>Calls to a metastore that may have several servers. Any thread; calls block.</summary>
/// <remarks>
/// What only asks is asked once more on a new connection where an old one turned out to be dead. What changes something goes out once:
/// without an answer it is Unknown.
/// It takes the connection that was used last, so that whoever asks before a change seldom finds that one closed.
/// </remarks>
internal sealed class HiveClient(HiveOptions options) : IDisposable
{
    private const int MostIdle = 8;

    private readonly ConcurrentStack<HiveConnection> idle = new();
    private volatile int preferred;

    public string Name { get; } = "thrift://" + string.Join(',', options.Servers.Select(s => $"{s.Host}:{s.Port}"));

    public ThriftStruct Ask(string method, ThriftStruct arguments)
    {
        while (idle.TryPop(out var known))
        {
            try
            {
                return On(known, method, arguments, changes: false);
            }
            catch (EngineException error) when (error.Kind == ErrorKind.Unavailable && !known.IsSound && !CallScope.HasEnded)
            {
                // It was kept for too long.
            }
        }
        return On(Open(), method, arguments, changes: false);
    }

    public ThriftStruct Change(string method, ThriftStruct arguments) =>
        On(idle.TryPop(out var known) ? known : Open(), method, arguments, changes: true);

    public void Dispose()
    {
        while (idle.TryPop(out var connection)) connection.Dispose();
    }

    private ThriftStruct On(HiveConnection connection, string method, ThriftStruct arguments, bool changes)
    {
        try
        {
            return connection.Call(method, arguments, changes);
        }
        finally
        {
            if (connection.IsSound && idle.Count < MostIdle) idle.Push(connection);
            else connection.Dispose();
        }
    }

    /// <summary>A connection to the server that answered last, or the next one in turn that does.</summary>
    private HiveConnection Open()
    {
        var failures = new List<EngineException>();
        var first = preferred;
        for (var i = 0; i < options.Servers.Length; i++)
        {
            var at = (first + i) % options.Servers.Length;
            try
            {
                var connection = HiveConnection.Open(options.Servers[at], options);
                Introduce(connection);
                preferred = at;
                return connection;
            }
            catch (EngineException error) when (error.Kind is ErrorKind.Unavailable or ErrorKind.Denied && !CallScope.HasEnded)
            {
                failures.Add(error);
            }
        }
        throw new EngineException(failures[0].Kind, string.Join("; ", failures.Select(f => f.Message)), failures[0]);
    }

    /// <summary>Without a login the metastore asks who is there, and believes it.</summary>
    private void Introduce(HiveConnection connection)
    {
        try
        {
            connection.Call("set_ugi", new ThriftStruct().Set(1, options.User ?? Environment.UserName).Set(2, Array.Empty<string>()),
                changes: false);
        }
        catch (UnknownMethodException)
        {
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
