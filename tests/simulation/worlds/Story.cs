using K2I.Pipeline;

namespace K2I.Simulation.Tests;

/// <summary>One seed from beginning to end: faults for a while, then none, and everything must come to be in the table, once.</summary>
internal static class Story
{
    /// <summary>Longest virtual time from the end of all faults until everything is in. Retries wait for half a minute at most, denied access is looked for again once a minute, dead members are out after ten seconds.</summary>
    private const int ConvergeMs = 400_000;

    internal sealed record Outcome(ulong Hash, long Lines, long Steps, long VirtualMs, int Commits, string Summary);

    internal static Outcome Run(SimOptions options, TextWriter? everything = null) => Run(new World(options, everything), Tell);

    /// <summary>No chaos but what <paramref name="arm"/> puts in; a restart in the middle.</summary>
    internal static Outcome RunShort(SimOptions options, Action<World> arm, TextWriter? everything = null) => Run(new World(options, everything), world =>
    {
        arm(world);
        return TellShort(world);
    });

    private static Outcome Run(World world, Func<World, string> tell)
    {
        var options = world.Options;
        var summary = "";
        try
        {
            world.Run(() => summary = tell(world));
        }
        catch (SimFailure failure)
        {
            throw new SimFailure($"{options}\n{world.Scheduler}\nFAILED: {failure.Message}\nlast lines:\n{string.Join('\n', world.Trace.Last)}", failure);
        }
        return new(world.Trace.Hash, world.Trace.Lines, world.Scheduler.Steps, world.Scheduler.NowMs, world.Watch.Commits, summary);
    }

    private static string Tell(World world)
    {
        var options = world.Options;
        Begin(world);
        var chaos = new Chaos(world);
        chaos.Begin();
        world.Scheduler.Sleep(options.ActiveMs);
        chaos.Heal();
        Nudge(world);
        Converge(world);
        return $"{string.Join("; ", world.Tables.Select(t => new Auditor(world, t).Check()))}; read: {world.Reader.Seen}";
    }

    private static string TellShort(World world)
    {
        var options = world.Options;
        Begin(world);
        world.Scheduler.Sleep(options.ActiveMs / 2);
        foreach (var host in world.Hosts) host.RequestStop();
        world.Scheduler.Sleep(options.ActiveMs / 2);
        new Chaos(world).Heal();
        Nudge(world);
        Converge(world);
        return $"{string.Join("; ", world.Tables.Select(t => new Auditor(world, t).Check()))}; read: {world.Reader.Seen}";
    }

    private static void Begin(World world)
    {
        var options = world.Options;
        for (var i = 0; i < options.Topics; i++) _ = world.Broker.CreateTopic(World.TopicName(i), options.Partitions);
        if (options.DeadLetters == DeadLetterPolicy.Pause) world.Explained.Add(PauseReason.BadRecord);
        world.Scheduler.Start(new("producer"), "main", new Producer(world).Work);
        world.Scheduler.Start(new("operator"), "main", new Operator(world).Work);
        if (options.Readers) world.Scheduler.Start(new("reader"), "main", world.Reader.Work);
        foreach (var host in world.Hosts) host.Wanted = true;
    }

    /// <summary>A rollback by someone else is noticed when the next record of a partition is committed.</summary>
    private static void Nudge(World world)
    {
        foreach (var topic in world.Broker.Topics.ToArray())
            for (var p = 0; p < topic.Partitions.Length; p++) _ = world.Broker.Produce(topic.Name, p, RecordKind.Row, gap: 0);
    }

    private static void Converge(World world)
    {
        var auditors = world.Tables.Select(t => new Auditor(world, t)).ToArray();
        var deadline = world.Scheduler.NowMs + ConvergeMs;
        while (true)
        {
            world.Scheduler.Sleep(1_000);
            var lacking = auditors.Select(a => a.Lacking()).FirstOrDefault(l => l is not null);
            var hosts = world.Hosts.Where(h => !(h.IsUp && h.Engine!.Status().Healthy)).Select(h => h.Name + ": " + (h.IsUp ? string.Join(' ', h.Engine!.Status().Tables.Select(t => $"{t.State} {t.Detail}")) : "down")).ToArray();
            if (lacking is null && hosts.Length == 0) return;
            if (world.Scheduler.NowMs > deadline) throw new SimFailure($"stalled long after the last fault: {lacking}; {string.Join("; ", hosts)}");
        }
    }
}
