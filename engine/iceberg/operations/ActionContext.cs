using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>What an action may use while it is applied: the store its files go to, the clock, randomness, and which attempt this is (from 1).</summary>
public sealed record ActionContext(IObjectStore Store, IClock Clock, int Attempt)
{
    public IRandom Random { get; init; } = SystemRandom.Instance;
}
