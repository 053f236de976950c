using K2I.Catalogs.Jdbc;

namespace K2I.Catalogs.Tests;

public sealed class JdbcUriTests
{
    [Theory]
    [InlineData("jdbc:postgresql://db.example.com/iceberg", "postgresql", "db.example.com", 0, "iceberg", "prefer")]
    [InlineData("jdbc:postgresql://[::1]:5433/a%20b?sslmode=verify-full&sslrootcert=/ca.pem",
        "postgresql", "[::1]", 5433, "a b", "verify-full")]
    [InlineData("jdbc:mysql://h:3307/d?sslMode=VERIFY_IDENTITY", "mysql", "h", 3307, "d", "verify-full")]
    [InlineData("jdbc:mariadb://h/d?sslMode=trust", "mysql", "h", 0, "d", "require")]
    [InlineData("jdbc:sqlite:/srv/catalog.db", "sqlite", "", 0, "/srv/catalog.db", "disable")]
    [InlineData("jdbc:sqlite:file:/srv/c.db", "sqlite", "", 0, "/srv/c.db", "disable")]
    public void WhatDriversOfJavaTakeIsRead(string text, string driver, string host, int port, string database, string tls)
    {
        var uri = JdbcUri.Parse(text, out var flaw);
        Assert.Null(flaw);
        Assert.Equal((driver, host, port, database, tls), (uri!.Driver, uri.Host, uri.Port, uri.Database, uri.Tls));
    }

    [Theory]
    [InlineData("postgresql://h/d", "expected jdbc:")]
    [InlineData("jdbc:oracle:thin:@h:1521:d", "expected jdbc:")]
    [InlineData("jdbc:postgresql://h", "expected jdbc:")]
    [InlineData("jdbc:postgresql://h/d?sslmode=maybe", "sslmode: expected")]
    [InlineData("jdbc:postgresql://h/d?password=hidden", "the parameter password is not known")]
    [InlineData("jdbc:postgresql://k2i:hidden@h/d", "a login belongs into user and password")]
    [InlineData("jdbc:sqlite::memory:", "the path of a file")]
    [InlineData("jdbc:sqlite:", "the path of a file")]
    public void WhatCannotBeMeantIsToldWithoutSecrets(string text, string why)
    {
        var flaw = JdbcOptions.UriFlaw(text);
        Assert.Contains(why, flaw, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", flaw, StringComparison.Ordinal);
    }
}
