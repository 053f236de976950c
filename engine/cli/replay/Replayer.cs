using System.Runtime.InteropServices;
using System.Text;
using K2I.Base;
using K2I.Kafka;
using K2I.Pipeline;

namespace K2I.Cli.Replay;

/// <summary>Produces dead letters to the topics and partitions that they came from, in groups that the ledger knows before and after. One thread.</summary>
internal sealed class Replayer(ReplayLedger ledger, Func<IProducer> open) : IDisposable
{
    private const int GroupLetters = 1_000, GroupBytes = 4 << 20, DeliveryMs = 60_000;

    private readonly List<Letter> group = [];
    private int groupBytes;
    private IProducer? producer;

    public long Replayed { get; private set; }

    public long Failed { get; private set; }

    /// <summary>Why the first of those failed.</summary>
    public string? Problem { get; private set; }

    public void Add(Letter letter)
    {
        group.Add(letter);
        groupBytes += letter.Bytes;
        if (group.Count >= GroupLetters || groupBytes >= GroupBytes) Finish();
    }

    /// <summary>Produces what is left. Throws Unavailable if the broker does not answer: that group is in doubt then.</summary>
    public void Finish()
    {
        if (group.Count == 0) return;
        producer ??= open();
        ledger.Start([.. group.Select(l => l.Key)]);
        KillPoint.Hit("replay.started");
        var failed = new HashSet<LetterKey>();
        for (var i = 0; i < group.Count; i++)
            if (!Produce(producer, group[i], i + 1)) failed.Add(group[i].Key);
        if (!producer.Flush(DeliveryMs)) throw new EngineException(ErrorKind.Unavailable, $"not acked within {DeliveryMs / 1000} s: {producer.LastError ?? "the broker does not answer"}; {group.Count} letters are in doubt");
        KillPoint.Hit("replay.produced");
        foreach (var tag in producer.TakeFailed()) failed.Add(group[(int)tag - 1].Key);
        if (failed.Count > 0) Problem ??= producer.LastError;
        ledger.Failed([.. failed]);
        ledger.Done([.. group.Select(l => l.Key).Where(k => !failed.Contains(k))]);
        Replayed += group.Count - failed.Count;
        Failed += failed.Count;
        group.Clear();
        groupBytes = 0;
    }

    public void Dispose() => producer?.Dispose();

    /// <summary>False if the record cannot be taken: its topic or partition is gone, or it is too large for the broker.</summary>
    private bool Produce(IProducer to, Letter letter, long tag)
    {
        List<KafkaHeader> headers = [.. letter.Headers.Where(h => h.Name != K2IKeys.ReplayOf), new(K2IKeys.ReplayOf, Encoding.UTF8.GetBytes(letter.Key.ToString()))];
        var record = new ProducerRecord
        {
            Topic = letter.Key.Topic,
            Partition = letter.Key.Partition,
            Key = letter.RecordKey,
            HasKey = letter.RecordKey is not null,
            Value = letter.Value,
            IsTombstone = letter.Value is null,
            Headers = CollectionsMarshal.AsSpan(headers),
            Tag = tag,
        };
        var deadline = Environment.TickCount64 + DeliveryMs;
        try
        {
            while (!to.TryProduce(in record)) WaitForRoom(to, deadline);
            return true;
        }
        catch (EngineException error) when (error.Kind != ErrorKind.Full)
        {
            Problem ??= error.Message;
            return false;
        }
    }

    private void WaitForRoom(IProducer to, long deadline)
    {
        if (Environment.TickCount64 > deadline) throw new EngineException(ErrorKind.Full, $"no room to produce more: {to.LastError ?? "the broker does not answer"}; {group.Count} letters are in doubt");
        to.Poll(10);
    }
}
