using System.Data.Common;

namespace K2I.Catalogs.Jdbc;

/// <summary>One kind of database: how connections are made, and what its errors mean. Any thread.</summary>
internal abstract class JdbcDatabase : IDisposable
{
    protected const int ConnectSeconds = 5, StatementSeconds = 30, MostConnections = 8;

    /// <summary>False while there is nothing that could be connected to without making it.</summary>
    public virtual bool Exists => true;

    /// <summary>Chosen by what the URI names.</summary>
    public static JdbcDatabase Of(JdbcUri uri, JdbcOptions options) => uri.Driver switch
    {
        "postgresql" => new PostgresDatabase(uri, options),
        "mysql" => new MySqlDatabase(uri, options),
        _ => new SqliteDatabase(uri),
    };

    /// <summary>Not opened yet. Those that were closed are used again.</summary>
    public abstract DbConnection Connect();

    public abstract JdbcFault FaultOf(DbException error);

    public abstract void Dispose();
}
