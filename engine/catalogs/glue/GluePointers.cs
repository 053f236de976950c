using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

using K2I.Base;
using K2I.Iceberg;

namespace K2I.Catalogs.Glue;

/// <summary>
/// Pointers in AWS Glue: a parameter of its table, as Iceberg Java and PyIceberg have it. A namespace is a database, and has one level.
/// Any thread; calls block.
/// </summary>
/// <remarks>
/// A swap changes the version of the table that was read, and no other. A refusal because of the version may be meant for a second sending
/// of a change that landed, so it is Unknown: the table has to show which.
/// </remarks>
public sealed class GluePointers(GlueOptions options) : IPointers, IDisposable
{
    private const string NameKey = "Name", DatabaseKey = "DatabaseName";

    private const int LongestName = 255, MostPages = 10_000;

    private readonly GlueClient glue = new(options);

    public string Name => $"Glue at {options.Endpoint.GetLeftPart(UriPartial.Authority)}";

    public string PlaceOf(TableIdent ident)
    {
        Require(ident);
        var answer = glue.Call("GetDatabase", new JsonObject { [NameKey] = ident.Namespace[0] }, changes: false);
        var folder = answer.Error is null && answer.Body.GetProperty("Database").TryGetProperty("LocationUri", out var location)
            ? location.GetString() : null;
        if (string.IsNullOrEmpty(folder)) folder = $"{options.Warehouse.TrimEnd('/')}/{ident.Namespace[0]}.db";
        return $"{folder.TrimEnd('/')}/{ident.Name}";
    }

    public string? Find(TableIdent ident) => Get(ident) is not { } table ? null
        : GlueTable.PointerOf(table) ?? throw new EngineException(ErrorKind.Unsupported, $"{ident} is no Iceberg table in {Name}");

    public bool Add(Table table)
    {
        Require(table.Ident);
        var database = table.Ident.Namespace[0];
        for (var made = false; ; made = true)
        {
            var input = new JsonObject { [DatabaseKey] = database, ["TableInput"] = GlueTable.Input(table) };
            var answer = glue.Call("CreateTable", input, changes: true);
            if (answer.Error is null) return true;
            if (answer.Error == GlueClient.Exists) return false;
            if (made || answer.Error != GlueClient.Missing)
                throw new EngineException(ErrorKind.Unavailable, $"table {table.Ident}: {answer.Message}");
            MakeDatabase(database);
        }
    }

    public bool Swap(Table before, Table next)
    {
        if (Get(before.Ident) is not { } known || GlueTable.PointerOf(known) != before.MetadataLocation) return false;
        var input = new JsonObject
        {
            [DatabaseKey] = before.Ident.Namespace[0],
            ["TableInput"] = GlueTable.Input(next, known),
            ["SkipArchive"] = true,
        };
        if (known.TryGetProperty("VersionId", out var version)) input["VersionId"] = version.GetString();
        var answer = glue.Call("UpdateTable", input, changes: true);
        return answer.Error switch
        {
            null => true,
            GlueClient.Missing => false,
            _ => throw new EngineException(ErrorKind.Unknown, $"{Name}: {answer.Message}"),
        };
    }

    public bool Remove(TableIdent ident)
    {
        Require(ident);
        var input = new JsonObject { [DatabaseKey] = ident.Namespace[0], [NameKey] = ident.Name };
        return glue.Call("DeleteTable", input, changes: true) is var answer
            && answer.Error switch
            {
                null => true,
                GlueClient.Missing => false,
                _ => throw new EngineException(ErrorKind.Unavailable, $"table {ident}: {answer.Message}"),
            };
    }

    public IEnumerable<ImmutableArray<string>> ListNamespaces() =>
        Pages("GetDatabases", "DatabaseList", []).Select(d => ImmutableArray.Create(d.GetProperty(NameKey).GetString()!));

    public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => inNamespace is not [var database] ? []
        : Pages("GetTables", "TableList", new JsonObject { [DatabaseKey] = database }).Where(t => GlueTable.PointerOf(t) is not null)
            .Select(t => new TableIdent(inNamespace, t.GetProperty(NameKey).GetString()!));

    public void Dispose() => glue.Dispose();

    private JsonElement? Get(TableIdent ident)
    {
        Require(ident);
        var answer = glue.Call("GetTable", new JsonObject { [DatabaseKey] = ident.Namespace[0], [NameKey] = ident.Name }, changes: false);
        return answer.Error is null ? answer.Body.GetProperty("Table") : null;
    }

    private void MakeDatabase(string name)
    {
        try
        {
            _ = glue.Call("CreateDatabase", new JsonObject { ["DatabaseInput"] = new JsonObject { [NameKey] = name } }, changes: true);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unknown)
        {
            // Whatever became of it, it may be tried again.
            throw new EngineException(ErrorKind.Unavailable, error.Message, error);
        }
    }

    private IEnumerable<JsonElement> Pages(string operation, string list, JsonObject input)
    {
        for (var page = 0; page < MostPages; page++)
        {
            var answer = glue.Call(operation, input, changes: false);
            if (answer.Error is not null) yield break;
            foreach (var item in answer.Body.GetProperty(list).EnumerateArray()) yield return item;
            if (!answer.Body.TryGetProperty("NextToken", out var next) || next.GetString() is not { Length: > 0 } token) yield break;
            input["NextToken"] = token;
        }
    }

    /// <summary>Athena reads no others.</summary>
    private static void Require(TableIdent ident)
    {
        if (ident.Namespace.Length != 1)
            throw new EngineException(ErrorKind.Invalid, $"the name '{ident}' is refused: namespaces of Glue have one level");
        foreach (var level in ident.Namespace.Append(ident.Name))
            if (level.Length is 0 or > LongestName || level.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '_'))
                throw new EngineException(ErrorKind.Invalid, $"the name '{ident}' is refused: it may hold a to z, 0 to 9 and _ only");
    }
}
