using K2I.Base;

namespace K2I.Catalogs.Tests;

/// <summary>The catalog in PostgreSQL.</summary>
[NeedsShared("/usr/lib/postgresql")]
public sealed class PostgresCatalogTests(PostgresServer server) : JdbcServerContract(PostgresServer.User, PostgresServer.Password),
    IClassFixture<PostgresServer>
{
    protected override string Server => $"jdbc:postgresql://127.0.0.1:{server.Port}/postgres";

    protected override string ByTls => Server + "?sslmode=require";

    protected override string NoDatabase => $"jdbc:postgresql://127.0.0.1:{server.Port}/none";

    protected override ErrorKind OfNoDatabase => ErrorKind.Invalid;

    protected override string Nobody => "jdbc:postgresql://127.0.0.1:1/postgres";
}
