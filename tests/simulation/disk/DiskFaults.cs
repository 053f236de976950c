namespace K2I.Simulation.Tests;

/// <summary>How a disk misbehaves; changed while the world runs.</summary>
public sealed class DiskFaults
{
    /// <summary>Of a call, each with this probability.</summary>
    public double Unavailable { get; set; }

    /// <summary>Of a sync. The process must stop: it is not to be believed again.</summary>
    public double FailingSync { get; set; }

    /// <summary>How many bytes the disk has room for.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>Longest time that a call takes.</summary>
    public int SlowMs { get; set; }

    /// <summary>A fault for the n-th call, counted over all calls; 0: none.</summary>
    public Func<string, Exception?>? Script { get; set; }

    /// <summary>Syncs that failed since the process was started.</summary>
    public int FailedSyncs { get; set; }
}
