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
    public const int MostLanes = 3;

    /// <summary>How long a point is waited for. It is passed within a flush or two, but for a machine that others keep busy.</summary>
    private const int PatienceMs = 6_000;

    private const int RivalPatienceMs = 12_000;

    /// <summary>Long enough for it to have partitions.</summary>
    private const int RivalLifeMs = 2_500;

    private static readonly string[] HalfWay = ["flush.before-commit", "commit.manifest-written", "commit.list-written", "flush.after-commit"];

    /// <summary>The process ends in the midst of a commit.</summary>
    public bool LeavesHalfDoneFlush => HalfWay.Contains(Point);

    /// <summary>How many lanes it has: mostly another number than the life before.</summary>
    public int Lanes { get; private init; } = 1;

    /// <summary>How many the second process has, which joins the group meanwhile; null: there is none.</summary>
    public int? RivalLanes { get; private init; }

    /// <summary>The second process is killed as well, and not stopped.</summary>
    public bool KillsRival { get; private init; }

    /// <summary>When the table that is paused, if it is, is let go on; null: it stays so.</summary>
    public int? ResumeAfterMs { get; private init; }

    /// <summary>The next life, drawn from the seed.</summary>
    public static KillPlan Next(Random random, Coverage coverage, bool newTable, bool halfDone)
    {
        var plan = End(random, coverage, newTable, halfDone);
        var hasRival = plan.Point is null ? plan.StopAfterMs is null && random.Next(4) == 0 : KillPoints.NeedsRival(plan.Point);
        return plan with
        {
            Ms = hasRival && plan.Point is null ? plan.Ms + RivalLifeMs : plan.Ms,
            Lanes = 1 + random.Next(MostLanes),
            RivalLanes = hasRival ? 1 + random.Next(MostLanes) : null,
            KillsRival = random.Next(2) == 0,
            ResumeAfterMs = random.Next(2) == 0 ? random.Next(1_500) : null,
        };
    }

    private static KillPlan End(Random random, Coverage coverage, bool newTable, bool halfDone)
    {
        var damage = random.Next(100) switch
        {
            < 10 => Damage.Deleted,
            < 18 => Damage.Truncated,
            < 26 => Damage.Flipped,
            _ => Damage.None,
        };
        if (!newTable && random.Next(100) < 25) return new(damage, null, 0, 30 + random.Next(random.Next(3) == 0 ? 3_000 : 700), random.Next(6) == 0 ? random.Next(600) : null);
        var point = newTable && random.Next(3) > 0 ? coverage.Rarest(random, KillPoints.NeedsNewTable)
            : halfDone && random.Next(3) > 0 ? coverage.Rarest(random, KillPoints.NeedsHalfDoneFlush)
            : coverage.Rarest(random, p => newTable || !KillPoints.NeedsNewTable(p));
        // What finishes a flush needs one that was begun: that is the life before.
        if (KillPoints.NeedsHalfDoneFlush(point) && !halfDone) point = HalfWay[random.Next(HalfWay.Length)];
        if (KillPoints.NeedsHalfDoneFlush(point)) damage = Damage.None;
        if (KillPoints.NeedsNewLog(point)) damage = Damage.Deleted;
        var pass = random.Next(3) == 0 ? 1 + random.Next(6) : 1;
        int? stop = KillPoints.NeedsStop(point) ? 100 + random.Next(900) : null;
        if (KillPoints.NeedsRival(point)) return new(damage, point, 1, RivalPatienceMs, null);
        var isPassedOnce = stop is not null || KillPoints.NeedsNewTable(point) || KillPoints.NeedsHalfDoneFlush(point);
        return new(damage, point, isPassedOnce ? 1 : pass, PatienceMs, stop);
    }

    public override string ToString() => string.Join(", ", ((string?[])[
        $"{Lanes} lanes",
        RivalLanes is { } rival ? $"a second process with {rival}{(KillsRival ? " that is killed" : "")}" : null,
        Damage == Damage.None ? null : $"data {Damage.ToString().ToLowerInvariant()}",
        ResumeAfterMs is { } resume ? $"resume at {resume} ms" : null,
        StopAfterMs is { } stop ? $"stop at {stop} ms" : null,
        Point is null ? $"kill at {Ms} ms" : $"kill at {Point}:{Pass}"]).OfType<string>());
}
