using K2I.Base;
using K2I.Cli.Config;
using K2I.Pipeline;
using K2I.Serve;

namespace K2I.Cli.Running;

/// <summary>Runs an engine from start to stop: its threads, the endpoints, signals, reloads, the service manager, and the bound on the
/// stop.</summary>
/// <remarks>
/// The calling thread waits; each worker has a thread. A first signal (or every worker's end) leads to a stop: the engine is asked, and has
/// shutdown_timeout to flush and commit. Whatever outlasts that, and a second signal, ends the process at once: what is not committed is fetched again.
/// </remarks>
internal sealed class Supervisor(AppOptions options, ILog log, IReadOnlyDictionary<string, string> environment, Action<ExitCode> leave,
    Reloader? reloader = null)
{
    private const int TickMs = 1_000, MailMs = 500;

    private readonly object gate = new();
    private readonly ServiceManager manager = new(environment);
    private readonly ReloadMailbox mailbox = new(options.Engine.DataDirectory);
    private int running;
    private bool woken;
    private bool reloadAsked;
    private volatile bool stopAsked;
    private volatile bool bug;
    private volatile bool diskFailed;

    /// <summary>Throws EngineException if the engine or the endpoints cannot start.</summary>
    public ExitCode Run(Func<IEngine> start)
    {
        log.Info("k2i starts", ("version", Build.FullVersion), ("tables", options.Engine.Tables.Length), ("pid", Environment.ProcessId));
        using var engine = start();
        var source = new EngineStatusSource(engine.Status, () => Volatile.Read(ref running) > 0, () => stopAsked, options.TableMetrics);
        using var queries = options.Query is { } limits ? engine.Queries(limits) : null;
        if (queries is not null) MakeRoomFor(queries.Concurrency);
        using var scans = queries is null ? null : new QueryThreads(queries.Concurrency);
        using var http = options.Http is null ? null : HttpServer.Start(options.Http, source, queries, log, scans);
        if (http?.Address is { } address) log.Info("listening", ("address", address.ToString()));
        if (options.Http?.SocketFile is { } file) log.Info("listening", ("socket", file));
        using var signals = new StopSignals(AskToStop, Leave, AskToReload);

        var threads = StartWorkers(engine);
        manager.Ready($"{options.Engine.Tables.Length} tables");
        Wait(engine, threads);
        return Stop(engine, threads);
    }

    /// <summary>As the first signal does.</summary>
    internal void AskToStop(string reason)
    {
        log.Info("stopping: flush, commit, leave", ("reason", reason), ("timeout", Units.FormatMs(options.Engine.ShutdownTimeoutMs)));
        stopAsked = true;
        Wake();
    }

    /// <summary>As SIGHUP does.</summary>
    internal void AskToReload()
    {
        lock (gate)
        {
            reloadAsked = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>
    /// A lookup that waits for offsets blocks a thread of the pool, which would take seconds to notice; health and metrics must not wait
    /// for that.
    /// </summary>
    private static void MakeRoomFor(int queries)
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(workers + queries, ports);
    }

    private void Leave(ExitCode code)
    {
        log.Warn("leaving at once; what is not committed is fetched again");
        leave(code);
    }

    private List<Thread> StartWorkers(IEngine engine)
    {
        var threads = new List<Thread>();
        running = engine.Workers.Count;
        foreach (var worker in engine.Workers)
        {
            // Background: a worker that hangs must not keep a process that has decided to leave.
            var thread = new Thread(() => RunWorker(worker)) { Name = worker.Name, IsBackground = true };
            threads.Add(thread);
            thread.Start();
        }
        return threads;
    }

    private void RunWorker(EngineWorker worker)
    {
        try
        {
            worker.Run();
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Fatal)
        {
            log.Error("the local disk failed; the process ends at once and does not try again by itself", ("worker", worker.Name), ("error", error.Message),
                ("data_dir", options.Engine.DataDirectory));
            diskFailed = true;
            leave(ExitCode.DiskFailed);
        }
        catch (Exception error)
        {
            log.Error("a bug ended a worker; the next start recovers", ("worker", worker.Name), ("error", error.ToString()));
            bug = true;
            leave(ExitCode.Bug);
        }
        finally
        {
            if (Interlocked.Decrement(ref running) == 0) Wake();
        }
    }

    private void Wait(IEngine engine, List<Thread> threads)
    {
        if (threads.Count == 0) return;
        var tick = (int)Math.Min(reloader is null ? TickMs : MailMs, manager.WatchdogMs > 0 ? manager.WatchdogMs : TickMs);
        while (true)
        {
            bool reload;
            lock (gate)
            {
                if (!woken && !reloadAsked) Monitor.Wait(gate, tick);
                if (woken) return;
                (reload, reloadAsked) = (reloadAsked, false);
            }
            if (manager.WatchdogMs > 0) manager.Alive();
            if (reloader is null) continue;
            if (reload) reloader.Reload(engine);
            else if (mailbox.Take() is { } id) Answer(id, reloader.Reload(engine));
        }
    }

    private void Answer(string id, ReloadOutcome outcome)
    {
        try
        {
            mailbox.Answer(id, outcome);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.Warn("the answer to a reload cannot be written", ("error", error.Message));
        }
    }

    private void Wake()
    {
        lock (gate)
        {
            woken = true;
            Monitor.PulseAll(gate);
        }
    }

    private ExitCode Stop(IEngine engine, List<Thread> threads)
    {
        manager.Stopping();
        engine.RequestStop();
        var deadline = Environment.TickCount64 + options.Engine.ShutdownTimeoutMs;
        foreach (var thread in threads)
        {
            while (!thread.Join((int)Math.Clamp(deadline - Environment.TickCount64, 0, TickMs)))
            {
                if (manager.WatchdogMs > 0) manager.Alive();
                if (Environment.TickCount64 < deadline) continue;
                log.Error("the stop took too long; what is not committed is fetched again", ("waits_for", thread.Name));
                leave(ExitCode.StopTimedOut);
                return ExitCode.StopTimedOut;
            }
        }
        var failed = engine.Status().Tables.Where(t => t.State == TableState.Failed).ToList();
        foreach (var table in failed) log.Error("the table failed", ("table", table.Name), ("reason", table.Detail.Length > 0 ? table.Detail : table.LastError));
        log.Info("k2i has stopped");
        return bug ? ExitCode.Bug : diskFailed ? ExitCode.DiskFailed : failed.Count > 0 ? ExitCode.Failed : ExitCode.Ok;
    }
}
