using System.Data.Common;
using MySqlConnector;

namespace K2I.Catalogs.Jdbc;

/// <summary>MySQL and MariaDB.</summary>
internal sealed class MySqlDatabase : JdbcDatabase
{
    private readonly MySqlDataSource source;

    public MySqlDatabase(JdbcUri uri, JdbcOptions options)
    {
        var text = new MySqlConnectionStringBuilder
        {
            Server = uri.Host,
            Database = uri.Database,
            UserID = options.User ?? "",
            Password = options.Password ?? "",
            ConnectionTimeout = ConnectSeconds,
            DefaultCommandTimeout = StatementSeconds,
            MaximumPoolSize = MostConnections,
            ApplicationName = "k2i",
            SslMode = uri.Tls switch
            {
                "disable" => MySqlSslMode.Disabled,
                "prefer" => MySqlSslMode.Preferred,
                "require" => MySqlSslMode.Required,
                "verify-ca" => MySqlSslMode.VerifyCA,
                _ => MySqlSslMode.VerifyFull,
            },
        };
        if (uri.Port > 0) text.Port = (uint)uri.Port;
        if (uri.CaFile is { } file) text.SslCa = file;
        source = new MySqlDataSource(text.ConnectionString);
    }

    public override DbConnection Connect() => source.CreateConnection();

    public override JdbcFault FaultOf(DbException error) => (error as MySqlException)?.ErrorCode switch
    {
        MySqlErrorCode.DuplicateKeyEntry => JdbcFault.Duplicate,
        MySqlErrorCode.NoSuchTable => JdbcFault.MissingTable,
        MySqlErrorCode.AccessDenied or MySqlErrorCode.DatabaseAccessDenied or MySqlErrorCode.TableAccessDenied => JdbcFault.Denied,
        MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout or MySqlErrorCode.TooManyUserConnections => JdbcFault.Busy,
        MySqlErrorCode.UnknownDatabase or MySqlErrorCode.DataTooLong => JdbcFault.Invalid,
        _ => JdbcFault.Lost,
    };

    public override void Dispose() => source.Dispose();
}
