using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// The engine: one pipeline per table, independent of each other. It makes no threads: whoever assembles the process gives each of
/// <see cref="Workers"/> one.
/// </summary>
/// <remarks>Any thread may call <see cref="Status"/> and <see cref="RequestStop"/>. Workers end after a stop, each within the shutdown time; then dispose.</remarks>
public sealed class Engine : IDisposable
{
    private readonly ImmutableArray<TablePipeline> pipelines;
    private readonly TableStoreFactory stores;
    private readonly long startedUnixMs;
    private readonly IDisposable dataLock;

    /// <summary>Takes the data directory; throws Conflict while another process has it.</summary>
    public Engine(EngineOptions options, EngineServices services, ILog log)
    {
        startedUnixMs = services.Clock.UnixMs;
        services.Files.CreateDirectory(options.DataDirectory);
        dataLock = services.Files.Lock(Path.Combine(options.DataDirectory, "lock"));
        KillPoint.Hit("engine.locked");
        var team = options.EncodeHelpers > 0 ? new EncodeTeam(options.EncodeHelpers, options.Tables.Length, services.Clock) : null;
        stores = new(options, services, team, log);
        var shares = MemoryShares.Of(options.MemoryBytes / Math.Max(1, options.Tables.Length));
        pipelines = [.. options.Tables.Select(t => new TablePipeline(t, options, services, stores, shares, log))];
        Workers =
        [
            .. pipelines.SelectMany(p => new EngineWorker[]
            {
                new($"ingest {p.Options.Name}", p.RunIngest),
                new($"flush {p.Options.Name}", () => Flush(p, team)),
                new($"sync {p.Options.Name}", p.RunSync),
            }),
            .. Enumerable.Range(1, team is null ? 0 : options.EncodeHelpers).Select(i => new EngineWorker($"encode {i}", team!.Help)),
        ];
    }

    public ImmutableArray<EngineWorker> Workers { get; }

    public EngineStatus Status() => new(startedUnixMs, [.. pipelines.Select(p => p.Status())]);

    /// <summary>Asks every table to flush, commit and leave. Returns at once.</summary>
    public void RequestStop()
    {
        foreach (var pipeline in pipelines) pipeline.RequestStop();
    }

    private static void Flush(TablePipeline pipeline, EncodeTeam? team)
    {
        try
        {
            pipeline.RunFlush();
        }
        finally
        {
            team?.Leave();
        }
    }

    public void Dispose()
    {
        foreach (var pipeline in pipelines) pipeline.Dispose();
        stores.Dispose();
        dataLock.Dispose();
    }
}
