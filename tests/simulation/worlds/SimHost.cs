using K2I.Base;
using K2I.Iceberg;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Simulation.Tests;

/// <summary>A machine that runs the engine: its disk, and one process after another.</summary>
internal sealed class SimHost(World world, string name)
{
    internal const string DataDirectory = "/data";

    private readonly Dice dice = Dice.For(world.Options.Seed, name);
    private readonly SimRandom random = new(Dice.For(world.Options.Seed, name + " ids"));
    private int starts;

    internal string Name => name;

    internal SimDisk Disk { get; } = new(Dice.For(world.Options.Seed, name + " disk"));

    internal StoreFaults StoreFaults { get; } = new();

    internal StoreFaults CatalogFaults { get; } = new();

    internal Engine? Engine { get; private set; }

    /// <summary>The process that runs, if one does.</summary>
    internal SimProcess? Process { get; private set; }

    /// <summary>Schemas of records that its disk holds, as long as it is the same.</summary>
    internal HashSet<Decode.SchemaId> Schemas { get; } = [];

    /// <summary>It is to run: a process that ends is followed by another.</summary>
    internal bool Wanted { get; set; }

    /// <summary>Not before.</summary>
    internal long StartAtMs { get; set; }

    /// <summary>Says of a call, by its text, that it is the process's last: true with the power cut.</summary>
    internal Func<string, bool?>? KillAt { get; set; }

    internal bool IsUp => Process is { Dead: false, Frozen: false } && Engine is not null;

    /// <summary>The work of a thread that lives with the host, as a service manager does.</summary>
    internal void Supervise()
    {
        while (true)
        {
            // Killed before its first step: nobody else says that it is gone.
            if (Process is { Dead: true, Threads: 0 }) Process = null;
            if (Wanted && Process is null && world.Scheduler.NowMs >= StartAtMs) StartProcess();
            world.Scheduler.Sleep(100);
        }
    }

    /// <summary>Kills the process, with the power if wished; the next starts after a while.</summary>
    internal void Crash(bool powerCut, int downMs, string why)
    {
        if (Process is not { } process) return;
        process.OnKilled = () => Disk.Crash(powerCut);
        StartAtMs = world.Scheduler.NowMs + downMs;
        world.Scheduler.Kill(process, $"{why}{(powerCut ? ", power cut" : "")}");
    }

    /// <summary>Has the process killed at one of its next calls.</summary>
    internal void CrashAtCall(int calls, bool powerCut, int downMs)
    {
        if (Process is not { } process) return;
        process.OnKilled = () =>
        {
            Disk.Crash(powerCut);
            StartAtMs = world.Scheduler.NowMs + downMs;
        };
        process.CallsToLive = calls;
    }

    internal void RequestStop() => Engine?.RequestStop();

    private void StartProcess()
    {
        var process = new SimProcess($"{name}.{++starts}");
        Process = process;
        // Whatever ends it, nothing that was not synced is sure to be there; a plain end keeps all.
        process.OnKilled = () => Disk.Crash(powerCut: false);
        process.IsLastCall = call =>
        {
            if (KillAt?.Invoke(call) is not { } powerCut) return false;
            process.OnKilled = () => Disk.Crash(powerCut);
            return true;
        };
        Disk.Faults.FailedSyncs = 0;
        world.Scheduler.Start(process, "boot", () => Boot(process));
    }

    private void Boot(SimProcess process)
    {
        var clock = new SimClock(world.Scheduler, dice.Pick(0, -2_000, 3_000));
        Engine? engine = null;
        var ended = clock.CreateLatch();
        var running = 0;
        try
        {
            engine = new Engine(world.OptionsFor(world.Options.LanesChange ? 1 + dice.Below(world.Options.Lanes) : world.Options.Lanes), world.ServicesOf(this, process, clock, random), new SimLog(world.Scheduler, process.Name));
            Engine = engine;
            running = engine.Workers.Length;
            foreach (var worker in engine.Workers)
            {
                world.Scheduler.Start(process, worker.Name.Split(' ')[0], () =>
                {
                    try
                    {
                        worker.Run();
                    }
                    catch (Exception error) when (error is not (SimCrash or SimFailure))
                    {
                        OnWorkerFailed(process, worker, error);
                    }
                    finally
                    {
                        if (--running == 0) ended.Set();
                    }
                });
            }
            ended.Wait();
        }
        catch (EngineException error)
        {
            world.Note(process.Name, $"does not start: {error.Message}");
            StartAtMs = world.Scheduler.NowMs + 2_000;
        }
        finally
        {
            Engine = null;
            if (world.Scheduler.AwaitSiblings()) engine?.Dispose();
            if (!process.Dead) Disk.Crash(powerCut: false);
            Process = null;
        }
    }

    /// <summary>A worker that throws ends the process, as the program does. A sync that failed is a reason to; nothing else is.</summary>
    private void OnWorkerFailed(SimProcess process, EngineWorker worker, Exception error)
    {
        if (error is EngineException { Kind: ErrorKind.Fatal } && Disk.Faults.FailedSyncs > 0)
        {
            world.Note(process.Name, $"{worker.Name} ends the process: {error.Message}");
            process.OnKilled = () => Disk.Crash(powerCut: dice.Chance(0.5));
            StartAtMs = world.Scheduler.NowMs + 1_000;
            world.Scheduler.Kill(process, "ended itself");
        }
        throw new SimFailure($"{process.Name}/{worker.Name} failed: {error}", error);
    }
}
