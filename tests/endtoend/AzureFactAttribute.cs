namespace K2I.EndToEnd.Tests;

/// <summary>A test of the published binary against a real Kafka, with its tables in what stands in for Azure's store.</summary>
public sealed class AzureFactAttribute : FactAttribute
{
    public AzureFactAttribute() => Skip = Needs.NoBinary ?? Needs.NoKafka
        ?? (Packages.Find(AzureServer.Package, AzureServer.Program) is null ? "needs azurite of npm, which build.sh test installs" : null);
}
