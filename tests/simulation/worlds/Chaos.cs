using K2I.Base;
using K2I.Pipeline;

namespace K2I.Simulation.Tests;

/// <summary>What goes wrong in a world: standing faults, and events that come at random times. Each has a name, by which a seed switches it on.</summary>
internal sealed class Chaos(World world)
{
    private readonly Dice dice = Dice.For(world.Options.Seed, "chaos");
    private readonly SimProcess actor = new("chaos");
    private bool over;
    private long recreateAtMs;

    private static readonly (string Name, Action<Chaos> Do)[] Events =
    [
        ("kill", c => c.Kill()),
        ("power", c => c.Power()),
        ("killcall", c => c.KillAtCall()),
        ("restart", c => c.Restart()),
        ("newdisk", c => c.NewDisk()),
        ("rot", c => c.Rot()),
        ("freeze", c => c.Freeze()),
        ("rebalance", c => c.Rebalance()),
        ("evict", c => c.Evict()),
        ("kafkaaway", c => c.KafkaAway()),
        ("storeaway", c => c.StoreAway()),
        ("denied", c => c.Denied()),
        ("diskfull", c => c.DiskFull()),
        ("compact", c => c.Compact()),
        ("retention", c => c.Retention()),
        ("recreate", c => c.Recreate()),
        ("other", c => c.OtherEngine()),
        ("rollback", c => c.Rollback()),
        ("replace", c => c.Replace()),
    ];

    private static readonly (string Name, Action<Chaos> Set)[] Standing =
    [
        ("lostbefore", c => c.ForStores(f => f.LostBefore = c.Rate(0.02))),
        ("lostafter", c => c.ForStores(f => f.LostAfter = c.Rate(0.02))),
        ("late", c => c.ForStores(f => f.Late = c.Rate(0.02))),
        ("unavailable", c => c.ForStores(f => f.Unavailable = c.Rate(0.03))),
        ("stale", c => c.ForStores(f => f.Stale = c.Rate(0.05))),
        ("conflict", c => c.ForStores(f => f.Conflict = c.Rate(0.05))),
        ("slow", c => c.ForStores(f => (f.SlowMs, f.StallMs) = (c.dice.Between(5, 200), 20_000))),
        ("diskerrors", c => c.ForDisks(f => f.Unavailable = c.Rate(0.005))),
        ("slowdisk", c => c.ForDisks(f => f.SlowMs = c.dice.Between(1, 50))),
        ("failingsync", c => c.ForDisks(f => f.FailingSync = c.Rate(0.001))),
        ("redeliver", c => c.world.Broker.Redelivers = c.Rate(0.05)),
        ("kafkafails", c => c.world.Broker.Fails = c.Rate(0.1)),
    ];

    private static readonly (string Name, Action<Chaos> Do)[] EventsOfSchemas =
    [
        ("registryaway", c => c.RegistryAway()),
        ("othercolumns", c => c.OtherColumns()),
    ];

    private readonly World world = world;

    /// <summary>Only for records that have schemas.</summary>
    internal static IReadOnlyList<string> NamesOfSchemas { get; } = [.. EventsOfSchemas.Select(e => e.Name)];

    internal static IReadOnlyList<string> Names { get; } = [.. Events.Select(e => e.Name), .. Standing.Select(s => s.Name)];

    internal void Begin()
    {
        world.Broker.FetchRecords = dice.Pick(1, 10, 100, 1_000);
        ForStores(f => f.SlowMs = dice.Pick(0, 1, 10));
        ForDisks(f => f.SlowMs = dice.Pick(0, 0, 2));
        foreach (var (name, set) in Standing)
            if (world.Options.Has(name)) set(this);
        var events = Events.Concat(EventsOfSchemas).Where(e => world.Options.Has(e.Name)).ToArray();
        if (events.Length > 0) world.Scheduler.Start(actor, "events", () => Happen(events));
    }

    /// <summary>From now on everything works again.</summary>
    internal void Heal()
    {
        over = true;
        world.Note("chaos", "HEALED");
        ForStores(f => f.Heal());
        ForDisks(f => (f.Unavailable, f.FailingSync, f.CapacityBytes, f.SlowMs, f.Script) = (0, 0, long.MaxValue, 0, null));
        world.Broker.Away = false;
        if (world.Broker.Schemas is { } schemas) schemas.Away = false;
        (world.Broker.Redelivers, world.Broker.Fails) = (0, 0);
        foreach (var host in world.Hosts)
        {
            if (host.Process is { } process)
            {
                process.CallsToLive = -1;
                if (process.Frozen) world.Scheduler.Thaw(process);
            }
            (host.Wanted, host.StartAtMs, host.KillAt) = (true, 0, null);
        }
    }

    private void Happen((string Name, Action<Chaos> Do)[] events)
    {
        while (true)
        {
            world.Scheduler.Sleep(1 + dice.Below(2 * world.Options.EventMs));
            if (over) return;
            events[dice.Below(events.Length)].Do(this);
        }
    }

    private double Rate(double typical) => typical * world.Options.Strength * dice.Pick(0.3, 1, 3);

    private void ForStores(Action<StoreFaults> set)
    {
        foreach (var host in world.Hosts)
        {
            set(host.StoreFaults);
            set(host.CatalogFaults);
        }
    }

    private void ForDisks(Action<DiskFaults> set)
    {
        foreach (var host in world.Hosts) set(host.Disk.Faults);
    }

    private SimHost AnyHost() => world.Hosts[dice.Below(world.Hosts.Length)];

    private int DownMs() => dice.Pick(0, 500, 3_000, 15_000);

    private void Kill() => AnyHost().Crash(powerCut: false, DownMs(), "kill -9");

    private void Power() => AnyHost().Crash(powerCut: true, DownMs(), "power");

    private void KillAtCall() => AnyHost().CrashAtCall(dice.Below(dice.Pick(30, 300, 2_000)), dice.Chance(0.5), DownMs());

    private void Restart()
    {
        var host = AnyHost();
        host.StartAtMs = world.Scheduler.NowMs + DownMs();
        world.Note(host.Name, "STOP");
        host.RequestStop();
    }

    private void NewDisk()
    {
        var host = AnyHost();
        host.Crash(powerCut: true, 1_000 + DownMs(), "disk lost");
        if (host.Process is not null) return;
        host.Disk.Clear();
        host.Schemas.Clear();
    }

    private void Rot()
    {
        var host = AnyHost();
        host.Crash(powerCut: dice.Chance(0.5), 1_000 + DownMs(), "disk rots");
        if (host.Process is not null) return;
        var file = dice.Chance(0.3) ? host.Disk.LoseLogFile() : host.Disk.Rot(dice.Pick(1, 1, 3, 50));
        world.Note(host.Name, $"ROTTEN {file}");
    }

    private void Freeze()
    {
        var host = AnyHost();
        if (host.Process is not { Dead: false, Frozen: false } process) return;
        world.Scheduler.Freeze(process);
        world.Scheduler.Start(actor, "thaw", () =>
        {
            world.Scheduler.Sleep(dice.Pick(500, 5_000, 15_000, 40_000));
            if (process.Frozen) world.Scheduler.Thaw(process);
        });
    }

    private void Rebalance()
    {
        foreach (var group in world.Broker.Groups) group.Rebalance(shuffle: true);
    }

    private void Evict()
    {
        foreach (var group in world.Broker.Groups) group.EvictOne();
    }

    private void KafkaAway()
    {
        world.Broker.Away = true;
        For(dice.Pick(1_000, 5_000, 20_000), () => world.Broker.Away = false);
    }

    private void RegistryAway()
    {
        world.Broker.Schemas!.Away = true;
        For(dice.Pick(1_000, 10_000, 30_000), () => world.Broker.Schemas.Away = false);
    }

    private void StoreAway()
    {
        var (store, catalog) = dice.Pick((true, false), (false, true), (true, true));
        var hosts = dice.Chance(0.5) ? world.Hosts : [AnyHost()];
        foreach (var host in hosts) (host.StoreFaults.Away, host.CatalogFaults.Away) = (store, catalog);
        For(dice.Pick(1_000, 10_000, 30_000), () =>
        {
            foreach (var host in hosts) host.StoreFaults.Away = host.CatalogFaults.Away = false;
        });
    }

    private void Denied()
    {
        var host = AnyHost();
        var faults = dice.Chance(0.5) ? host.StoreFaults : host.CatalogFaults;
        faults.Denies = true;
        For(dice.Pick(500, 5_000), () => faults.Denies = false);
    }

    private void DiskFull()
    {
        var disk = AnyHost().Disk;
        disk.Faults.CapacityBytes = disk.UsedBytes + dice.Pick(0, 1_000, 300_000);
        For(dice.Pick(1_000, 10_000, 30_000), () => disk.Faults.CapacityBytes = long.MaxValue);
    }

    private void Compact()
    {
        foreach (var topic in world.Broker.Topics.ToArray()) world.Broker.Compact(topic, dice.Below(topic.Partitions.Length), dice.Pick(0.02, 0.2));
    }

    private void Retention()
    {
        var topic = AnyTopic();
        var number = dice.Below(topic.Partitions.Length);
        var partition = topic.Partitions[number];
        world.Explained.Add(PauseReason.OffsetOutOfRange);
        world.Broker.Retain(topic, number, partition.Low + (partition.High - partition.Low) * dice.Pick(1, 3, 4) / 4);
        world.Note("kafka", $"{topic.Name}[{number}] holds from {partition.Low} on");
    }

    private void Recreate()
    {
        // A person has to follow.
        if (world.Scheduler.NowMs < recreateAtMs) return;
        recreateAtMs = world.Scheduler.NowMs + 30_000;
        var topic = AnyTopic();
        world.Explained.Add(PauseReason.TopicRecreated);
        world.Explained.Add(PauseReason.OffsetOutOfRange);
        world.Broker.CreateTopic(topic.Name, topic.Partitions.Length);
    }

    private SimTopic AnyTopic() => world.Broker.Topic(World.TopicName(dice.Below(world.Options.Topics)));

    private void OtherEngine() => Other().DoSomething();

    private void Rollback() => Other().Rollback();

    private void Replace() => Other().Replace();

    private void OtherColumns() => Other().ChangeColumn();

    private OtherEngine Other()
    {
        var tables = world.Tables.AddRange(world.Routed);
        return new(world, dice, tables[dice.Below(tables.Length)]);
    }

    private void For(int ms, Action undo) => world.Scheduler.Start(actor, "undo", () =>
    {
        world.Scheduler.Sleep(ms);
        if (!over) undo();
    });
}
