namespace K2I.Simulation.Tests;

/// <summary>Fills the topics over the active time, now in a trickle, now in a flood.</summary>
internal sealed class Producer(World world)
{
    private readonly Dice dice = Dice.For(world.Options.Seed, "producer");
    private int fields;

    internal void Work()
    {
        var options = world.Options;
        var end = options.ActiveMs * 3 / 4;
        var left = options.Records;
        while (left > 0)
        {
            var burst = Math.Min(left, 1 + dice.Below(Math.Max(1, options.Records / 20)));
            for (var i = 0; i < burst; i++) ProduceOne();
            left -= burst;
            var bursts = Math.Max(1, left / Math.Max(1, options.Records / 40));
            world.Scheduler.Sleep(1 + dice.Below((int)Math.Max(2, 2 * Math.Max(1, end - world.Scheduler.NowMs) / bursts)));
        }
    }

    internal void ProduceOne()
    {
        var options = world.Options;
        var topic = World.TopicName(dice.Below(options.Topics));
        var kind = dice.Chance(options.Poison) ? RecordKind.Poison : dice.Chance(options.Tombstones) ? RecordKind.Tombstone : RecordKind.Row;
        var extra = kind == RecordKind.Row && dice.Chance(options.NewFields) ? $",\"extra{++fields}\":{fields}" : "";
        world.Broker.Produce(topic, dice.Below(options.Partitions), kind, dice.Chance(options.Gaps) ? dice.Between(1, 30) : 0, extra);
        if (options.TailGaps > 0 && dice.Chance(options.TailGaps)) world.Broker.AppendNothing(topic, dice.Below(options.Partitions), dice.Between(1, 5));
    }
}
