using System.Globalization;
using System.Text;
using K2I.Kafka;

namespace K2I.Simulation.Tests;

/// <summary>A producer of dead letters: what it took is delivered, or fails, when it is flushed.</summary>
public sealed class SimProducer(SimBroker broker, SimProcess process) : IProducer
{
    private readonly List<(long Tag, (string, int, long) Place)> pending = [];
    private readonly List<long> failed = [];

    public string? LastError { get; private set; }

    public bool TryProduce(in ProducerRecord record)
    {
        if (pending.Count >= 50) return false;
        string topic = "", partition = "", offset = "";
        foreach (var header in record.Headers)
        {
            var text = header.Value is { } value ? Encoding.UTF8.GetString(value.Span) : "";
            if (header.Name == "k2i.topic") topic = text;
            else if (header.Name == "k2i.partition") partition = text;
            else if (header.Name == "k2i.offset") offset = text;
        }
        pending.Add((record.Tag, (topic, int.Parse(partition, CultureInfo.InvariantCulture), long.Parse(offset, CultureInfo.InvariantCulture))));
        return true;
    }

    public void Poll(int timeoutMs)
    {
        broker.Scheduler.Enter("poll deliveries");
        if (pending.Count > 0 && !broker.Away) Deliver();
        else broker.Scheduler.Sleep(timeoutMs);
    }

    public bool Flush(int timeoutMs)
    {
        broker.Scheduler.Enter("flush deliveries");
        if (broker.Away) broker.Scheduler.Sleep(timeoutMs);
        if (!broker.Away) Deliver();
        return pending.Count == 0;
    }

    public IReadOnlyList<long> TakeFailed()
    {
        long[] taken = [.. failed];
        failed.Clear();
        return taken;
    }

    public void Dispose()
    {
        if (!process.Dead) pending.Clear();
    }

    private void Deliver()
    {
        foreach (var (tag, place) in pending)
        {
            if (broker.Dice.Chance(broker.Fails))
            {
                failed.Add(tag);
                LastError = "delivery failed";
            }
            else
            {
                broker.Letters.Add(place);
            }
        }
        pending.Clear();
    }
}
