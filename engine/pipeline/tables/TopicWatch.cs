using System.Collections.Immutable;
using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>
/// Which of a table's topics the cluster does not have: never made, misspelt, or deleted. Kafka's word is taken at once; where it names no topic, whoever works for the table looks. What is
/// missing may come to be at any time, so nothing stops for it; it is told, and shown.
/// </summary>
/// <remarks>Any thread. Patterns are not looked for: nothing need match them yet. What they have found is.</remarks>
internal sealed class TopicWatch(ImmutableArray<string> topics, string table, ILog log)
{
    private readonly Lock gate = new();
    private ImmutableArray<string> names = [.. topics.Where(t => !TopicPattern.IsExpression(t))];
    private ImmutableSortedSet<string> missing = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    internal ImmutableSortedSet<string> Missing => Volatile.Read(ref missing);

    /// <summary>Every topic that is known to feed the table.</summary>
    internal ImmutableArray<string> Names
    {
        get
        {
            lock (gate) return names;
        }
    }

    /// <summary>Kafka has said that some topic is missing, and not which.</summary>
    internal bool IsLookWanted { get; private set; }

    /// <summary>A pattern has found the topic.</summary>
    internal void Expect(string topic)
    {
        lock (gate)
            if (!names.Contains(topic)) names = names.Add(topic);
    }

    internal void Report(in KafkaProblem problem)
    {
        if (problem.Kind != KafkaProblemKind.UnknownTopic) return;
        if (problem.Topic is { } topic && names.Contains(topic)) Set(topic, isMissing: true);
        else IsLookWanted = true;
    }

    /// <summary>A partition of the topic is read.</summary>
    internal void Has(string topic) => Set(topic, isMissing: false);

    /// <summary>Asks the cluster. Throws what passes while Kafka is away.</summary>
    internal void Look(Func<IReadOnlyList<string>, IReadOnlyList<TopicInfo>> describe)
    {
        IsLookWanted = false;
        if (names.IsEmpty) return;
        foreach (var topic in describe(names)) Set(topic.Name, !topic.Exists);
    }

    private void Set(string topic, bool isMissing)
    {
        lock (gate)
        {
            if (missing.Contains(topic) == isMissing) return;
            Volatile.Write(ref missing, isMissing ? missing.Add(topic) : missing.Remove(topic));
        }
        if (isMissing) log.Warn("a topic is missing", ("table", table), ("topic", topic));
        else log.Info("a topic that was missing is there", ("table", table), ("topic", topic));
    }
}
