namespace K2I.Simulation.Tests;

/// <summary>How the object store, or a catalog, misbehaves towards engines; changed while the world runs. Probabilities are per call.</summary>
public sealed class StoreFaults
{
    /// <summary>Nobody reaches it.</summary>
    public bool Away { get; set; }

    /// <summary>It refuses everybody.</summary>
    public bool Denies { get; set; }

    /// <summary>Refused before anything happened.</summary>
    public double Unavailable { get; set; }

    /// <summary>The answer is lost; nothing happened.</summary>
    public double LostBefore { get; set; }

    /// <summary>The answer is lost; it happened.</summary>
    public double LostAfter { get; set; }

    /// <summary>The answer is lost; it happens later.</summary>
    public double Late { get; set; }

    public int LateMs { get; set; } = 20_000;

    /// <summary>Of a catalog: what was true a while ago is told.</summary>
    public double Stale { get; set; }

    /// <summary>Of a catalog: a conflict, though nobody was there.</summary>
    public double Conflict { get; set; }

    /// <summary>Longest time that a call takes.</summary>
    public int SlowMs { get; set; }

    /// <summary>Once in a while a call takes so much longer.</summary>
    public int StallMs { get; set; }

    /// <summary>Says what happens to a call, by its text, before chance does.</summary>
    public Func<string, Fault>? Script { get; set; }

    public void Heal()
    {
        Away = Denies = false;
        Unavailable = LostBefore = LostAfter = Late = Stale = Conflict = 0;
        SlowMs = StallMs = 0;
        Script = null;
    }
}

/// <summary>What becomes of one call.</summary>
public enum Fault
{
    None,
    Unavailable,
    Denied,
    LostBefore,
    LostAfter,
    Late,
    Conflict,
    Full,
}
