using K2I.Base;

namespace K2I.Catalogs.Hive;

/// <summary>
/// The metastore's lock of one table, held until disposed of. One that a crash leaves behind ends by itself (after 5 minutes, as
/// metastores are set up).
/// </summary>
/// <remarks>
/// LockRequest: 1 component list, 3 user, 4 hostname, 5 agentInfo. LockComponent: 1 type (3 exclusive), 2 level (2 table), 3 db, 4
/// table. LockResponse: 1 id,
/// 2 state (1 acquired, 2 waiting).
/// </remarks>
internal sealed class HiveLock : IDisposable
{
    private const int Exclusive = 3, OfTable = 2, Acquired = 1, Waiting = 2;

    private const long FirstWaitMs = 20, LongestWaitMs = 500;

    private readonly HiveClient client;
    private readonly string name;
    private readonly long id;
    private readonly IClock clock;

    private HiveLock(HiveClient client, string name, long id, IClock clock)
    {
        this.client = client;
        this.clock = clock;
        this.name = name;
        this.id = id;
    }

    /// <exception cref="EngineException">Unavailable: somebody else holds it for longer than the time allowed.</exception>
    public static HiveLock Take(HiveClient client, string database, string table, HiveOptions options, IClock clock)
    {
        var name = $"{client.Name}: the lock of table {database}.{table}";
        var component = new ThriftStruct().Set(1, Exclusive).Set(2, OfTable).Set(3, database).Set(4, table);
        var request = new ThriftStruct().Set(1, [component]).Set(3, options.User ?? Environment.UserName)
            .Set(4, Environment.MachineName).Set(5, "k2i");
        var answer = Result(CertainOf(() => client.Change("lock", new ThriftStruct().Set(1, request))), name);
        var held = new HiveLock(client, name, answer.Number(1) ?? 0, clock);
        try
        {
            held.Await(answer, options.LockTimeoutMs);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Makes sure that it is still held, and for how long one change takes. HeartbeatRequest: 1 lock.</summary>
    /// <exception cref="EngineException">Unavailable: it has ended, or nobody can tell.</exception>
    public void Renew()
    {
        var result = client.Ask("heartbeat", new ThriftStruct().Set(1, new ThriftStruct().Set(1, id)));
        if (result.Fields.Any()) throw new EngineException(ErrorKind.Unavailable, $"{name} has ended");
    }

    public void Dispose()
    {
        // After a stop too: the next process would wait for it.
        using var scope = new CallScope(clock);
        using var entered = scope.Enter();
        try
        {
            client.Change("unlock", new ThriftStruct().Set(1, new ThriftStruct().Set(1, id)));
        }
        catch (EngineException)
        {
            // It ends by itself, and what was done under it stands.
        }
    }

    private void Await(ThriftStruct answer, int timeoutMs)
    {
        var start = clock.MonotonicMs;
        for (var wait = FirstWaitMs; answer.Number(2) != Acquired; wait = Math.Min(wait * 2, LongestWaitMs))
        {
            if (answer.Number(2) != Waiting) throw new EngineException(ErrorKind.Unavailable, $"{name} is refused");
            if (clock.MonotonicMs - start > timeoutMs || CallScope.HasEnded)
                throw new EngineException(ErrorKind.Unavailable, $"{name} is held by another for {(clock.MonotonicMs - start) / 1000} s");
            CallScope.Sleep(clock, wait);
            answer = Result(client.Ask("check_lock", new ThriftStruct().Set(1, new ThriftStruct().Set(1, id))), name);
        }
    }

    /// <summary>Nothing is changed yet: a lock that may have been taken is only in the way until it ends.</summary>
    private static ThriftStruct CertainOf(Func<ThriftStruct> call)
    {
        try
        {
            return call();
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unknown)
        {
            throw new EngineException(ErrorKind.Unavailable, error.Message, error);
        }
    }

    private static ThriftStruct Result(ThriftStruct result, string name) =>
        result.Struct(0) ?? throw new EngineException(ErrorKind.Unavailable,
            $"{name}: {string.Join("; ", result.Fields.Select(f => (f.Value as ThriftStruct)?.Text(1)))}");
}
