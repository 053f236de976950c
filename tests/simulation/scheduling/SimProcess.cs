namespace K2I.Simulation.Tests;

/// <summary>Threads that live and die together: one run of an engine, or an actor of the world around.</summary>
public sealed class SimProcess(string name)
{
    public string Name => name;

    /// <summary>Stopped as by SIGSTOP: none of its threads runs.</summary>
    public bool Frozen { get; internal set; }

    /// <summary>Killed: its threads only unwind.</summary>
    public bool Dead { get; internal set; }

    public int Threads { get; internal set; }

    /// <summary>Killed when it has passed so many more calls to the world; negative: never.</summary>
    public int CallsToLive { get; set; } = -1;

    /// <summary>Whether it is killed at a call, by its text.</summary>
    public Func<string, bool>? IsLastCall { get; set; }

    /// <summary>Calls to the world so far.</summary>
    public int Calls { get; internal set; }

    /// <summary>What <see cref="Scheduler.Kill"/> is to do beside.</summary>
    public Action? OnKilled { get; set; }
}
