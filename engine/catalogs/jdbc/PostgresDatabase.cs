using System.Data.Common;
using Npgsql;

namespace K2I.Catalogs.Jdbc;

/// <summary>PostgreSQL, and what speaks like it.</summary>
internal sealed class PostgresDatabase : JdbcDatabase
{
    private readonly NpgsqlDataSource source;

    public PostgresDatabase(JdbcUri uri, JdbcOptions options)
    {
        var text = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Database = uri.Database,
            Username = options.User,
            Password = options.Password,
            Timeout = ConnectSeconds,
            CommandTimeout = StatementSeconds,
            MaxPoolSize = MostConnections,
            ApplicationName = "k2i",
            SslMode = uri.Tls switch
            {
                "disable" => SslMode.Disable,
                "prefer" => SslMode.Prefer,
                "require" => SslMode.Require,
                "verify-ca" => SslMode.VerifyCA,
                _ => SslMode.VerifyFull,
            },
        };
        if (uri.Port > 0) text.Port = uri.Port;
        if (uri.CaFile is { } file) text.RootCertificate = file;
        source = new NpgsqlSlimDataSourceBuilder(text.ConnectionString).EnableTransportSecurity().Build();
    }

    public override DbConnection Connect() => source.CreateConnection();

    // Of PostgreSQL's error codes the first two characters are the class.
    public override JdbcFault FaultOf(DbException error) => (error as PostgresException)?.SqlState switch
    {
        null => JdbcFault.Lost,
        PostgresErrorCodes.UniqueViolation => JdbcFault.Duplicate,
        PostgresErrorCodes.UndefinedTable => JdbcFault.MissingTable,
        PostgresErrorCodes.InsufficientPrivilege => JdbcFault.Denied,
        PostgresErrorCodes.QueryCanceled => JdbcFault.Busy,
        ['2', '8', ..] => JdbcFault.Denied,
        ['0', '8', ..] or ['5', '7', ..] => JdbcFault.Lost,
        ['2', '2', ..] or ['2', '3', ..] or ['3', 'D', ..] or ['4', '2', ..] => JdbcFault.Invalid,
        _ => JdbcFault.Busy,
    };

    public override void Dispose() => source.Dispose();
}
