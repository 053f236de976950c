namespace K2I.Crash.Tests;

/// <summary>Kafka, as one run sees it; it outlives the processes that are killed.</summary>
internal interface IBroker : IDisposable
{
    string Addresses { get; }

    /// <summary>Settings of its consumers, as lines of the section [kafka].</summary>
    string ConsumerSettings { get; }

    void CreateTopic(string topic, int partitions);
}
