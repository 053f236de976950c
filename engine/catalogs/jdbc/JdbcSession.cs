using System.Data.Common;
using K2I.Base;

namespace K2I.Catalogs.Jdbc;

/// <summary>
/// Single statements, each a transaction of its own; what their errors mean is decided here once. Any thread; calls block.
/// </summary>
internal sealed class JdbcSession(JdbcDatabase database, string name)
{
    /// <summary>The rows, each its texts by column; none if a table that it names is not there.</summary>
    public List<Dictionary<string, string>> Rows(string sql, params (string Name, string Value)[] values) =>
        Run(sql, values, false, command =>
    {
        var rows = new List<Dictionary<string, string>>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            for (var at = 0; at < reader.FieldCount; at++)
                if (reader.GetValue(at) is string text) row[reader.GetName(at)] = text;
            rows.Add(row);
        }
        return rows;
    }, ifMissing: []);

    /// <summary>The columns of a table; none if it is not there.</summary>
    public string[] Columns(string table) => Run<string[]>($"SELECT * FROM {table} WHERE 1 = 0", [], false, command =>
    {
        using var reader = command.ExecuteReader();
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
    }, ifMissing: []);

    /// <summary>Changes rows: how many; 0 also where there is one of that key already, or no such table.</summary>
    public int Change(string sql, params (string Name, string Value)[] values) =>
        Run(sql, values, true, command => command.ExecuteNonQuery(), ifMissing: 0);

    private T Run<T>(string sql, (string Name, string Value)[] values, bool changes, Func<DbCommand, T> run, T ifMissing)
    {
        if (!database.Exists && !changes) return ifMissing;
        using var connection = database.Connect();
        Open(connection);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (key, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (key, value);
            command.Parameters.Add(parameter);
        }
        try
        {
            using var stop = CallScope.Token.Register(static c => ((DbCommand)c!).Cancel(), command);
            return run(command);
        }
        catch (Exception error) when (IsDatabases(error))
        {
            var fault = error is DbException known ? database.FaultOf(known) : JdbcFault.Lost;
            if (fault is JdbcFault.MissingTable or JdbcFault.Duplicate) return ifMissing;
            throw Failed(fault, error, lost: changes ? ErrorKind.Unknown : ErrorKind.Unavailable);
        }
    }

    private void Open(DbConnection connection)
    {
        if (CallScope.HasEnded) throw new EngineException(ErrorKind.Unavailable, $"{name}: not asked any more because of a stop");
        try
        {
            connection.Open();
        }
        catch (Exception error) when (IsDatabases(error))
        {
            throw Failed(error is DbException known ? database.FaultOf(known) : JdbcFault.Lost, error, lost: ErrorKind.Unavailable);
        }
    }

    private EngineException Failed(JdbcFault fault, Exception error, ErrorKind lost) => new(fault switch
    {
        JdbcFault.Lost => lost,
        JdbcFault.Denied => ErrorKind.Denied,
        JdbcFault.Invalid => ErrorKind.Invalid,
        _ => ErrorKind.Unavailable,
    }, $"{name}: {error.Message}", error);

    /// <summary>What clients of databases throw for what happens outside.</summary>
    private static bool IsDatabases(Exception error) =>
        error is DbException or IOException or TimeoutException or OperationCanceledException or System.Net.Sockets.SocketException
            or System.Security.Authentication.AuthenticationException or InvalidOperationException;
}
