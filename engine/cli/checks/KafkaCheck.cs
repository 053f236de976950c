using K2I.Base;
using K2I.Kafka;
using K2I.Pipeline;

namespace K2I.Cli.Checks;

/// <summary>Asks the brokers whether they answer and take the login, and whether the tables' topics are there.</summary>
internal static class KafkaCheck
{
    private const int TimeoutMs = 10_000;

    /// <param name="found">The topics that can be seen; none where the broker cannot be asked.</param>
    public static List<CheckResult> Run(EngineOptions options, out IReadOnlyList<string> found)
    {
        found = [];
        var results = new List<CheckResult>();
        var name = $"kafka {options.Kafka.Brokers}";
        try
        {
            using var admin = new KafkaAdmin(new ClientOptions { Brokers = options.Kafka.Brokers, ClientId = options.Kafka.ClientId, Properties = [.. options.Kafka.Properties] }, NullLog.Instance);
            var topics = found = admin.ListTopics(TimeoutMs);
            results.Add(new CheckResult(name, true, $"answers; {topics.Count} topics can be seen"));
            foreach (var topic in options.Tables.SelectMany(t => t.Topics).Concat(options.Templates.SelectMany(t => t.Topics)).Distinct(StringComparer.Ordinal)) results.Add(Topic(admin, topics, topic));
        }
        catch (EngineException error)
        {
            results.Add(new CheckResult(name, false, error.Message, Hint(error.Kind), error.Kind is ErrorKind.Unavailable or ErrorKind.Denied));
        }
        return results;
    }

    private static CheckResult Topic(KafkaAdmin admin, IReadOnlyList<string> all, string topic)
    {
        var name = $"topic {topic}";
        try
        {
            if (topic.StartsWith('^'))
            {
                var expression = new TopicPattern(topic);
                var matches = all.Where(expression.Matches).Order(StringComparer.Ordinal).ToList();
                return matches.Count > 0
                    ? new CheckResult(name, true, $"matches {string.Join(", ", matches.Take(5))}{(matches.Count > 5 ? $" and {matches.Count - 5} more" : "")}")
                    : new CheckResult(name, false, "matches no topic that can be seen", "topics that come later are found later; check the expression");
            }
            var info = admin.DescribeTopics([topic], TimeoutMs)[0];
            return info.Exists
                ? new CheckResult(name, true, info.Partitions == 1 ? "1 partition" : $"{info.Partitions} partitions")
                : new CheckResult(name, false, "does not exist, or may not be seen", "create it, or give this user the right to describe it");
        }
        catch (EngineException error)
        {
            return new CheckResult(name, false, error.Message, Hint(error.Kind), error.Kind is ErrorKind.Unavailable);
        }
    }

    private static string Hint(ErrorKind kind) => kind switch
    {
        ErrorKind.Denied => "check sasl.*, ssl.* and security.protocol in [kafka], and the rights of the user",
        ErrorKind.Unavailable => "check [kafka] brokers, that the port can be reached from here, and security.protocol",
        _ => "check [kafka]",
    };
}
