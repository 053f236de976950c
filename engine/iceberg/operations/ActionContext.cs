using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>What an action may use while it is applied: the store its files go to, the clock, randomness.</summary>
public sealed record ActionContext(IObjectStore Store, IClock Clock)
{
    public IRandom Random { get; init; } = SystemRandom.Instance;

    /// <summary>Manifest lists that need not be asked for.</summary>
    public ManifestLists Lists { get; init; } = new();
}
