using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>A disk that does not keep what it is given: strace makes syncs of the log fail.</summary>
[Collection(SharedBroker.Collection)]
public sealed class FailingSyncTests(SharedBroker broker) : IDisposable
{
    private const int DiskFailed = 7;

    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [StraceFact]
    public void AFailedSyncEndsTheProcessIsNotTriedAgainAndLosesNothing()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("failing", 1);
        var records = source.Send(topic, 1, SampleEvents.Make(seed: 151, count: 200));
        var config = Scenario.Config(workspace, Kafka.Brokers, topic, interval: "1h");
        var file = workspace.File("failing.ini", $"{config}\n[http]\nlisten = off\n[engine]\ndata_dir = {workspace.Data}\n");
        var trace = Path.Combine(workspace.Folder, "trace");

        // The sync thread's first sync prepares the file; its second is of the first records.
        var run = Tool.Run("strace", ["-f", "-qq", "-o", trace, "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=2+", Needs.Binary, "ingest", "--config", file]);

        Assert.Equal(DiskFailed, run.ExitCode);
        Assert.Contains("cannot be synced: Input/output error", run.Errors, StringComparison.Ordinal);
        Assert.Single(File.ReadAllLines(trace), line => line.Contains("INJECTED", StringComparison.Ordinal));
        Scenario.RunUntilCommitted(workspace, Scenario.Config(workspace, Kafka.Brokers, topic), "events", records);
        Scenario.Judge(workspace.Table("events"), records);
    }
}
