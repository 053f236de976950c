namespace K2I.Crash.Tests;

/// <summary>Kafka, as one run sees it; it outlives the processes that are killed.</summary>
internal interface IBroker : IDisposable
{
    string Addresses { get; }

    /// <summary>Settings of its consumers on a host in a batch, as lines of the section [kafka]: kinds of membership take turns.</summary>
    string ConsumerSettings(int batch, string host);

    void CreateTopic(string topic, int partitions);
}
