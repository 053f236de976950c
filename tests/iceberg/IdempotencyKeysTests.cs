using K2I.Base;

namespace K2I.Iceberg.Tests;

/// <summary>A request whose outcome is open goes out again under the key that it had.</summary>
public sealed class IdempotencyKeysTests
{
    private const long LifeMs = 600_000;

    private readonly FakeClock clock = new();

    [Fact]
    public void ARequestKeepsItsKeyUntilItsOutcomeIsKnown()
    {
        var keys = new IdempotencyKeys(clock, SystemRandom.Instance);
        var first = keys.For("a", LifeMs);
        Assert.Equal(first, keys.For("a", LifeMs));
        Assert.NotEqual(first, keys.For("b", LifeMs));
        keys.Close("a");
        Assert.NotEqual(first, keys.For("a", LifeMs));
    }

    [Fact]
    public void AKeyIsNotUsedWhenTheServerMayHaveForgottenIt()
    {
        var keys = new IdempotencyKeys(clock, SystemRandom.Instance);
        var first = keys.For("a", LifeMs);
        clock.Pass(LifeMs / 2);
        Assert.NotEqual(first, keys.For("a", LifeMs));
    }

    [Fact]
    public void OfTooManyOpenRequestsOnlyTheOldestAreForgotten()
    {
        var keys = new IdempotencyKeys(clock, SystemRandom.Instance);
        var given = new List<string>();
        for (var n = 0; n < IdempotencyKeys.MostOpen + 10; n++)
        {
            clock.Pass(1);
            given.Add(keys.For($"request {n}", LifeMs));
        }
        for (var n = 10; n < given.Count; n++) Assert.Equal(given[n], keys.For($"request {n}", LifeMs));
        Assert.NotEqual(given[9], keys.For("request 9", LifeMs));
    }
}
