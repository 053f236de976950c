using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Logins, prefix and vended keys at Iceberg's own server.</summary>
public sealed class RestLoginTests
{
    [SharedFact(RestServer.Program)]
    public void ShortLivedTokensAreRenewedInAllRequests()
    {
        string[] vending = ["--prefix", "lake", "--vend", "always", "--vend-key", "K", "--vend-secret", "S"];
        using var server = new RestServer(null, ["--client", "me:secret-of-me", "--token-ttl", "2", .. vending]);
        using var catalog = server.Open(server.Options with { Credential = "me:secret-of-me" });
        var run = new RestRun(catalog, new LocalStore(server.Warehouse));
        for (var n = 0; n < 8; n++)
        {
            if (n % 3 == 1) server.ForgetTokens();
            if (n % 3 == 2) server.Fail("""{"do":"revoke"}""");
            if (n is 4 or 6) Thread.Sleep(2_200);
            run.Append();
        }
        run.RequireEveryAppendOnce(8);
    }

    [SharedFact(RestServer.Program)]
    public void WrongLoginIsDenied()
    {
        using var server = new RestServer(null, "--client", "me:secret-of-me");
        foreach (var options in (RestOptions[])[server.Options, server.Options with { Token = "wrong-token" }, server.Options with { Credential = "me:wrong-secret" }])
        {
            using var catalog = server.Open(options);
            var error = Assert.Throws<EngineException>(() => catalog.Load(TestTables.Events));
            Assert.Equal(ErrorKind.Denied, error.Kind);
            Assert.DoesNotContain("wrong-", error.ToString(), StringComparison.Ordinal);
        }
    }

    [SharedFact(RestServer.Program)]
    public void BearerTokenIsTaken()
    {
        using var server = new RestServer(null, "--token", "a-token-for-all");
        using var catalog = server.Open(server.Options with { Token = "a-token-for-all" });
        var run = new RestRun(catalog, new LocalStore(server.Warehouse));
        run.Append();
        run.RequireEveryAppendOnce(1);
    }
}
