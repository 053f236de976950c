using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Catalogs.Hive;

/// <summary>
/// Pointers in a Hive Metastore, in the parameters of tables as Iceberg Java keeps them there. A namespace is a database, so it has one
/// level.
/// </summary>
/// <remarks>
/// A swap reads the table, compares the pointer and alters the table, under the table's lock if locks are on. Either way the metastore
/// is told which pointer it has to find
/// (<c>expected_parameter_key</c>); metastores before 2.3.10 and 4.0 pass over that, and are safe with locks alone.
/// A refusal of that kind may come from the metastore's own second try after the first took effect, so it counts as no answer.
/// </remarks>
public sealed class HivePointers : IPointers, IDisposable
{
    private const string LockProperty = "engine.hive.lock-enabled", Modified = "The table has been modified";

    private const int NamesAtOnce = 100;

    private readonly HiveOptions options;
    private readonly HiveClient client;
    private readonly IClock clock;
    private readonly string warehouse;

    /// <summary>Asks the metastore nothing yet.</summary>
    public HivePointers(HiveOptions options, IClock? clock = null)
    {
        this.options = options;
        this.clock = clock ?? SystemClock.Instance;
        client = new HiveClient(options);
        warehouse = Location.Normalize(options.Warehouse);
    }

    public string Name => client.Name;

    private string Owner => options.User ?? Environment.UserName;

    public string PlaceOf(TableIdent ident)
    {
        Require(ident);
        var database = ident.Namespace[0];
        var folder = DatabaseOf(database)?.Text(3) is { Length: > 0 } place && Location.IsUnder(Spelled(place), warehouse)
            ? Spelled(place) : FolderOf(database);
        return $"{folder}/{ident.Name}";
    }

    public string? Find(TableIdent ident)
    {
        Require(ident);
        return TableOf(ident) is { } table ? HiveTable.PointerOf(table, $"table {ident}") : null;
    }

    public bool Add(Table table)
    {
        Require(table.Ident);
        MakeDatabase(table.Ident.Namespace[0]);
        // 1 AlreadyExistsException, 2 InvalidObjectException, 3 MetaException, 4 NoSuchObjectException
        var result = client.Change("create_table", new ThriftStruct().Set(1, HiveTable.New(table, Owner, clock.UnixMs)));
        if (result.Struct(1) is not null) return false;
        if ((result.Struct(2) ?? result.Struct(4)) is { } refusal)
            throw new EngineException(ErrorKind.Invalid, $"table {table.Ident} cannot be created in {Name}: {refusal.Text(1)}");
        RequireNone(result, $"table {table.Ident} cannot be created", ErrorKind.Unknown);
        return true;
    }

    public bool Swap(Table before, Table next)
    {
        Require(next.Ident);
        if (!next.Metadata.BoolProperty(LockProperty, options.Locks)) return Alter(before, next, null);
        using var held = HiveLock.Take(client, next.Ident.Namespace[0], next.Ident.Name, options, clock);
        return Alter(before, next, held);
    }

    public bool Remove(TableIdent ident)
    {
        Require(ident);
        // 1 NoSuchObjectException, 2 MetaException
        var result = client.Change("drop_table", new ThriftStruct().Set(1, ident.Namespace[0]).Set(2, ident.Name).Set(3, value: false));
        if (result.Struct(1) is not null) return false;
        RequireNone(result, $"table {ident} cannot be dropped", ErrorKind.Unknown);
        return true;
    }

    public bool Rename(TableIdent from, TableIdent to)
    {
        Require(from);
        Require(to);
        if (TableOf(from) is not { } table) return false;
        _ = HiveTable.PointerOf(table, $"table {from}");
        if (TableOf(to) is not null) throw new EngineException(ErrorKind.AlreadyExists, $"table {to} exists already in {Name}");
        MakeDatabase(to.Namespace[0]);
        var result = Send(from, table.Set(1, to.Name).Set(2, to.Namespace[0]), new Dictionary<string, string>());
        RequireNone(result, $"table {from} cannot be renamed", ErrorKind.Unknown);
        return true;
    }

    public IEnumerable<ImmutableArray<string>> ListNamespaces()
    {
        var result = client.Ask("get_all_databases", new ThriftStruct());
        RequireNone(result, "its databases cannot be listed", ErrorKind.Unavailable);
        return result.Texts(0).Select(name => ImmutableArray.Create(name));
    }

    public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace)
    {
        if (inNamespace is not [var database] || DatabaseOf(database) is null) return [];
        var result = client.Ask("get_all_tables", new ThriftStruct().Set(1, database));
        RequireNone(result, $"the tables of {database} cannot be listed", ErrorKind.Unavailable);
        return result.Texts(0).Chunk(NamesAtOnce).SelectMany(names => TablesOf(database, names)).Where(HiveTable.IsIceberg)
            .Select(table => new TableIdent(inNamespace, table.Text(1) ?? ""));
    }

    public void Dispose() => client.Dispose();

    private bool Alter(Table before, Table next, HiveLock? held)
    {
        if (TableOf(next.Ident) is not { } table
            || HiveTable.PointerOf(table, $"table {next.Ident}") != before.MetadataLocation) return false;
        HiveTable.Update(table, before, next);
        held?.Renew();
        var result = Send(next.Ident, table, new Dictionary<string, string>
        {
            [HiveTable.NoStatistics] = "true",
            ["expected_parameter_key"] = HiveTable.Pointer,
            ["expected_parameter_value"] = before.MetadataLocation,
        });
        RequireNone(result, $"table {next.Ident} cannot be changed", ErrorKind.Unknown);
        return true;
    }

    /// <summary>Result: 1 InvalidOperationException, 2 MetaException.</summary>
    private ThriftStruct Send(TableIdent ident, ThriftStruct table, Dictionary<string, string> context) =>
        client.Change("alter_table_with_environment_context",
        new ThriftStruct().Set(1, ident.Namespace[0]).Set(2, ident.Name).Set(3, table).Set(4, new ThriftStruct().Set(1, context)));

    /// <summary>The Table struct; null if there is none. Result: 1 MetaException, 2 NoSuchObjectException.</summary>
    private ThriftStruct? TableOf(TableIdent ident)
    {
        var (database, name) = (ident.Namespace[0], ident.Name);
        var result = AskEither("get_table_req", new ThriftStruct().Set(1, new ThriftStruct().Set(1, database).Set(2, name)),
            "get_table", new ThriftStruct().Set(1, database).Set(2, name), out var isOld);
        if (result.Struct(2) is not null) return null;
        RequireNone(result, $"table {ident} cannot be read", ErrorKind.Unavailable);
        return isOld ? result.Struct(0) : result.Struct(0)?.Struct(1);
    }

    private IEnumerable<ThriftStruct> TablesOf(string database, string[] names)
    {
        var result = AskEither("get_table_objects_by_name_req",
            new ThriftStruct().Set(1, new ThriftStruct().Set(1, database).Set(2, names)),
            "get_table_objects_by_name", new ThriftStruct().Set(1, database).Set(2, names), out var isOld);
        RequireNone(result, $"the tables of {database} cannot be read", ErrorKind.Unavailable);
        return isOld ? result.Structs(0) : result.Struct(0)?.Structs(1) ?? [];
    }

    /// <summary>
    /// The Database struct (1 name, 2 description, 3 locationUri, 4 parameters, 6 ownerName); null if there is none. Result: 1
    /// NoSuchObjectException, 2 MetaException.
    /// </summary>
    private ThriftStruct? DatabaseOf(string database)
    {
        var result = AskEither("get_database", new ThriftStruct().Set(1, database),
            "get_database_req", new ThriftStruct().Set(1, new ThriftStruct().Set(1, database)), out _);
        if (result.Struct(1) is not null) return null;
        RequireNone(result, $"database {database} cannot be read", ErrorKind.Unavailable);
        return result.Struct(0);
    }

    private void MakeDatabase(string database)
    {
        if (DatabaseOf(database) is not null) return;
        var made = new ThriftStruct().Set(1, database).Set(2, "").Set(3, FolderOf(database))
            .Set(4, new Dictionary<string, string>()).Set(6, Owner);
        // 1 AlreadyExistsException, 2 InvalidObjectException, 3 MetaException. Nothing hangs on a lost answer: the table's creation tells.
        var result = client.Ask("create_database", new ThriftStruct().Set(1, made));
        if (result.Struct(1) is null) RequireNone(result, $"database {database} cannot be created", ErrorKind.Unavailable);
    }

    private ThriftStruct AskEither(string method, ThriftStruct arguments, string other, ThriftStruct otherArguments, out bool isOther)
    {
        isOther = false;
        try
        {
            return client.Ask(method, arguments);
        }
        catch (UnknownMethodException)
        {
            isOther = true;
            return client.Ask(other, otherArguments);
        }
    }

    /// <summary>Throws the exception that a result holds.</summary>
    private void RequireNone(ThriftStruct result, string what, ErrorKind otherwise)
    {
        foreach (var (id, _, value) in result.Fields)
        {
            if (id == 0) continue;
            var why = (value as ThriftStruct)?.Text(1) ?? "no reason is given";
            var isDenied = !why.Contains(Modified, StringComparison.Ordinal)
                && (why.Contains("ermission denied", StringComparison.Ordinal)
                    || why.Contains("not authorized", StringComparison.OrdinalIgnoreCase));
            throw new EngineException(isDenied ? ErrorKind.Denied : otherwise, $"{Name}: {what}: {why}");
        }
    }

    private string FolderOf(string database) => $"{warehouse}/{database}.db";

    /// <summary>As locations are spelled here: Hadoop says <c>file:/a</c>.</summary>
    private static string Spelled(string location) =>
        location.Contains(":/", StringComparison.Ordinal) ? Location.Normalize(location) : location;

    private static void Require(TableIdent ident)
    {
        TableNames.Require(ident, strict: true);
        if (ident.Namespace.Length > 1)
            throw new EngineException(ErrorKind.Invalid, $"table {ident}: a Hive Metastore has namespaces of one level");
    }
}
