namespace K2I.EndToEnd.Tests;

/// <summary>Tests that share one node.</summary>
[CollectionDefinition(SharedBroker.Collection)]
public sealed class SharedBrokerGroup : ICollectionFixture<SharedBroker>;
