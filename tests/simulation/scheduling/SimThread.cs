namespace K2I.Simulation.Tests;

/// <summary>A real thread of which only the one that holds the baton runs. Its state is changed by the holder alone.</summary>
internal sealed class SimThread(SimProcess process, string name)
{
    internal SimProcess Process => process;

    internal string Name => name;

    /// <summary>Given to run.</summary>
    internal SemaphoreSlim Baton { get; } = new(0);

    /// <summary>Waits for a latch or a time; else it could run.</summary>
    internal bool Waiting { get; set; }

    /// <summary>When a wait ends by itself.</summary>
    internal long WakeMs { get; set; }

    internal bool Ended { get; set; }

    /// <summary>It was told that its process is dead.</summary>
    internal bool Unwinding { get; set; }

    internal string Doing { get; set; } = "";
}
