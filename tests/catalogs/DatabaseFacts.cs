namespace K2I.Catalogs.Tests;

/// <summary>A test of Iceberg Java on the PostgreSQL of this machine.</summary>
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = Shared.Find(Judge.Program) is null ? $"needs {Judge.Program} below K2I_SHARED"
        : PostgresServer.Programs is null ? "no PostgreSQL in /usr/lib/postgresql: Debian's postgresql" : null;
}

/// <summary>A test of Iceberg Java and PyIceberg on the MariaDB of this machine.</summary>
internal sealed class MariaDbFactAttribute : FactAttribute
{
    public MariaDbFactAttribute() => Skip = Shared.Find(Judge.Program) is null ? $"needs {Judge.Program} below K2I_SHARED"
        : MariaDbServer.Missing;
}
