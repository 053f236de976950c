using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>What Kafka's problems mean to a table, and telling of them without a flood. Ingest thread.</summary>
internal sealed class KafkaProblems(string table, ILog log, IClock clock)
{
    private const int SilenceMs = 30_000;

    private readonly Dictionary<(KafkaProblemKind Kind, string? Topic, int Partition), long> told = [];

    /// <summary>What ends the session; null for a problem that passes by itself.</summary>
    internal static EngineException? EndOf(in KafkaProblem problem)
    {
        var where = problem.Topic is null ? "" : $" of {problem.Topic}[{problem.Partition}]";
        return problem.Kind switch
        {
            KafkaProblemKind.OffsetOutOfRange => NamedStop.Of(PauseReason.OffsetOutOfRange,
                $"offset out of range: the next offset{where} is not held by Kafka any more (retention, or a topic created anew); rows in between would be missing"),
            KafkaProblemKind.Corrupt => new(ErrorKind.Corrupt, $"a batch{where} is damaged: {problem.Text}"),
            KafkaProblemKind.Denied => new(ErrorKind.Denied, $"Kafka denies access{where}: {problem.Text}"),
            KafkaProblemKind.Fatal => new(ErrorKind.Unavailable, $"the Kafka client gave up: {problem.Text}"),
            _ => null,
        };
    }

    /// <summary>Logs it. An outage is told of several times a second; people want it once, and again now and then.</summary>
    internal void Tell(in KafkaProblem problem)
    {
        var now = clock.MonotonicMs;
        var key = (problem.Kind, problem.Topic, problem.Partition);
        if (told.TryGetValue(key, out var until) && now < until) return;
        told[key] = now + SilenceMs;
        log.Warn("kafka reports a problem", ("table", table), ("kind", problem.Kind), ("topic", problem.Topic), ("partition", problem.Partition),
            ("offset", problem.Offset.IsNumber ? problem.Offset.Value : null), ("text", problem.Text));
    }
}
