namespace K2I.Crash.Tests;

/// <summary>What is done to the data directory while no process runs.</summary>
internal enum Damage
{
    None,
    Deleted,
    Truncated,
    Flipped,
}

/// <summary>One life of the process: what it finds, and how it ends.</summary>
/// <param name="Damage">What happened to its data directory before.</param>
/// <param name="Point">Where it is to end; null: after <paramref name="Ms"/>.</param>
/// <param name="Pass">At which pass of the point.</param>
/// <param name="Ms">When it is killed; with a point: how long that is waited for.</param>
/// <param name="StopAfterMs">When it is asked to stop; null: never.</param>
internal sealed record KillPlan(Damage Damage, string? Point, int Pass, int Ms, int? StopAfterMs)
{
    /// <summary>How long a point is waited for. It is passed within a flush or two, but for a machine that others keep busy.</summary>
    private const int PatienceMs = 6_000;

    /// <summary>The next life, drawn from the seed.</summary>
    public static KillPlan Next(Random random, Coverage coverage, bool newTable, bool halfDone)
    {
        var damage = random.Next(100) switch
        {
            < 10 => Damage.Deleted,
            < 18 => Damage.Truncated,
            < 26 => Damage.Flipped,
            _ => Damage.None,
        };
        if (halfDone && random.Next(4) > 0) damage = Damage.None;
        if (!newTable && random.Next(100) < 25) return new(damage, null, 0, 30 + random.Next(random.Next(3) == 0 ? 3_000 : 700), random.Next(6) == 0 ? random.Next(600) : null);
        var point = newTable && random.Next(3) > 0
            ? coverage.Rarest(random, KillPoints.NeedsNewTable)
            : coverage.Rarest(random, p => (newTable || !KillPoints.NeedsNewTable(p)) && (halfDone || !KillPoints.NeedsHalfDoneFlush(p)));
        var pass = random.Next(3) == 0 ? 1 + random.Next(6) : 1;
        int? stop = KillPoints.NeedsStop(point) ? 100 + random.Next(900) : null;
        return new(damage, point, stop is null && !KillPoints.NeedsNewTable(point) && !KillPoints.NeedsHalfDoneFlush(point) ? pass : 1, PatienceMs, stop);
    }

    public override string ToString() =>
        $"{(Damage == Damage.None ? "" : $"data {Damage.ToString().ToLowerInvariant()}, ")}{(StopAfterMs is { } stop ? $"stop at {stop} ms, " : "")}{(Point is null ? $"kill at {Ms} ms" : $"kill at {Point}:{Pass}")}";
}
