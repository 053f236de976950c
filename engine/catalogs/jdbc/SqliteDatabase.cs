using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace K2I.Catalogs.Jdbc;

/// <summary>A file of SQLite, for the processes of one machine.</summary>
internal sealed class SqliteDatabase(JdbcUri uri) : JdbcDatabase
{
    // Codes of sqlite3.h.
    private const int Perm = 3, Busy = 5, Locked = 6, ReadOnly = 8, Full = 13, CannotOpen = 14, Constraint = 19, Mistaken = 1;

    private readonly string text = new SqliteConnectionStringBuilder
    {
        DataSource = uri.Database,
        Mode = SqliteOpenMode.ReadWriteCreate,
        DefaultTimeout = StatementSeconds,
        // One process may wait for the file's lock; what it has open for later would hold the file after it is gone.
        Pooling = false,
    }.ConnectionString;

    static SqliteDatabase() => SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_sqlite3());

    public override bool Exists => File.Exists(uri.Database);

    public override DbConnection Connect() => new SqliteConnection(text);

    public override JdbcFault FaultOf(DbException error) => (error as SqliteException)?.SqliteErrorCode switch
    {
        Constraint => JdbcFault.Duplicate,
        Mistaken when error.Message.Contains("no such table", StringComparison.Ordinal) => JdbcFault.MissingTable,
        Mistaken => JdbcFault.Invalid,
        Perm or ReadOnly or CannotOpen => JdbcFault.Denied,
        Busy or Locked or Full => JdbcFault.Busy,
        _ => JdbcFault.Lost,
    };

    public override void Dispose()
    {
    }
}
