using System.Collections.Immutable;
using K2I.Base;
using K2I.Catalogs.Hive;
using K2I.Catalogs.Jdbc;
using K2I.Iceberg;
using K2I.Pipeline;

namespace K2I.Cli.Config;

/// <summary>Binds <c>[iceberg]</c>: which catalog, how to reach it, and where tables may lie.</summary>
internal sealed class CatalogBinder(ValueReader values, SettingSection? section, Problems problems)
{
    private static readonly string[] KindsOverHttp = ["rest", "nessie"];

    /// <summary>Which kinds of catalog a key has a meaning for.</summary>
    private static readonly (ConfigKey Key, string[] Kinds)[] Meant =
    [
        (Keys.CatalogUri, ["rest", "hive", "nessie", "jdbc", "glue"]), (Keys.CatalogToken, KindsOverHttp),
        (Keys.StorageRoot, ["rest"]), (Keys.CatalogCredential, KindsOverHttp), (Keys.CatalogScope, KindsOverHttp),
        (Keys.OAuth2ServerUri, KindsOverHttp),
        (Keys.HiveLocks, ["hive"]), (Keys.HiveTls, ["hive"]), (Keys.HiveCaFile, ["hive"]), (Keys.HiveUser, ["hive"]),
        (Keys.NessieRef, ["nessie"]), (Keys.GlueId, ["glue"]),
        (Keys.CatalogName, ["jdbc"]), (Keys.CatalogUser, ["jdbc"]), (Keys.CatalogPassword, ["jdbc"]),
        (Keys.CatalogAudience, KindsOverHttp), (Keys.CatalogResource, KindsOverHttp), (Keys.TokenExchange, KindsOverHttp),
        (Keys.StorageAccess, ["rest"]), (Keys.SigningName, ["rest"]), (Keys.SigningRegion, ["rest"]),
        (Keys.CatalogCaFile, KindsOverHttp), (Keys.CatalogCertificate, KindsOverHttp), (Keys.CatalogCertificateKey, KindsOverHttp),
        (Keys.CatalogProxy, KindsOverHttp),
    ];

    private IEnumerable<Setting> Headers => section?.All.Where(s => KnownKeys.IsHeader(s.Key)) ?? [];

    public IcebergOptions Bind()
    {
        var space = values.Text(Keys.Namespace)!;
        if (!Names.IsDotted(space)) values.Bad(Keys.Namespace);
        var kind = Keys.Catalog.Choices[values.Choice(Keys.Catalog)];
        RefuseOthers(kind);
        var options = kind switch
        {
            "rest" => Rest(space),
            "hive" => Hive(space),
            "nessie" => Nessie(space),
            "jdbc" => Jdbc(space),
            "glue" => Glue(space),
            _ => Place(kind, space),
        };
        return options with { FormatVersion = values.Choice(Keys.FormatVersion) + 2, Locations = Places() };
    }

    private void RefuseOthers(string kind)
    {
        foreach (var (key, kinds) in Meant)
            if (!kinds.Contains(kind) && values.Changes(key))
                values.Wrong(key, $"has no meaning with catalog = {kind}", $"set catalog = {kinds[0]}");
        if (KindsOverHttp.Contains(kind)) return;
        foreach (var header in Headers)
            problems.Add(header.KeyPlace, $"[iceberg] {header.Key}: has no meaning with catalog = {kind}", "set catalog = rest");
    }

    /// <summary>A catalog whose tables lie in the warehouse.</summary>
    private IcebergOptions Place(string kind, string space)
    {
        if (!values.Has(Keys.Warehouse)) values.Missing(Keys.Warehouse);
        return new IcebergOptions { Catalog = kind, Warehouse = Place(Keys.Warehouse) ?? "", Namespace = space };
    }

    private IcebergOptions Hive(string space)
    {
        if (space.Contains('.', StringComparison.Ordinal)) values.Bad(Keys.Namespace, "a Hive Metastore has namespaces of one level");
        if (!values.Has(Keys.CatalogUri)) values.Missing(Keys.CatalogUri);
        else if (ServerFlaw() is { } flaw) values.Bad(Keys.CatalogUri, expected: flaw);
        _ = values.Flag(Keys.HiveLocks);
        _ = values.Flag(Keys.HiveTls);
        return Place("hive", space) with { Server = Server(Keys.CatalogUri, Keys.HiveLocks, Keys.HiveTls, Keys.HiveCaFile, Keys.HiveUser) };
    }

    private IcebergOptions Nessie(string space)
    {
        if (!values.Has(Keys.CatalogUri)) values.Missing(Keys.CatalogUri);
        if (values.Has(Keys.CatalogCredential) && !values.Has(Keys.OAuth2ServerUri))
            values.Missing(Keys.OAuth2ServerUri, "Nessie gives no tokens itself");
        // A login of one's own has its own scopes.
        var server = OverHttp() with { Scope = values.Has(Keys.CatalogScope) ? values.Text(Keys.CatalogScope) : null };
        return Place("nessie", space) with { Server = Server(Keys.CatalogUri, Keys.NessieRef), Nessie = server };
    }

    private IcebergOptions Jdbc(string space)
    {
        if (!values.Has(Keys.CatalogUri)) values.Missing(Keys.CatalogUri, "such as jdbc:postgresql://host/database");
        else if (values.Text(Keys.CatalogUri) is { } uri && JdbcOptions.UriFlaw(uri) is { } flaw)
            values.Wrong(Keys.CatalogUri, flaw, offset: 0);
        if (values.Has(Keys.CatalogPassword) && !values.Has(Keys.CatalogUser)) values.Missing(Keys.CatalogUser, "password belongs to it");
        return Place("jdbc", space) with { Server = Server(Keys.CatalogUri, Keys.CatalogName, Keys.CatalogUser, Keys.CatalogPassword) };
    }

    private IcebergOptions Glue(string space)
    {
        if (space.Contains('.', StringComparison.Ordinal)) values.Bad(Keys.Namespace, "Glue has namespaces of one level");
        _ = Address(Keys.CatalogUri);
        return Place("glue", space) with { Server = Server(Keys.CatalogUri, Keys.GlueId) };
    }

    private ImmutableSortedDictionary<string, string> Server(params ConfigKey[] keys) =>
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
        keys.Select(k => KeyValuePair.Create(k.Name, values.Text(k) ?? "")).Where(p => p.Value.Length > 0));

    private string? ServerFlaw()
    {
        try
        {
            _ = HiveOptions.ServersOf(values.Text(Keys.CatalogUri) ?? "");
            return null;
        }
        catch (EngineException error)
        {
            return error.Message;
        }
    }

    private IcebergOptions Rest(string space)
    {
        if (!values.Has(Keys.CatalogUri)) values.Missing(Keys.CatalogUri);
        var warehouse = values.Text(Keys.Warehouse);
        var root = Place(Keys.StorageRoot);
        var access = new[] { StorageAccess.Vended, StorageAccess.Signed, StorageAccess.Own }[values.Choice(Keys.StorageAccess)];
        // A warehouse that is a place bounds its tables by itself; a name does not. What the server hands out is bounded by the server.
        var isBound = values.Has(Keys.StorageRoot) || IsPlace(warehouse);
        if (!isBound && access == StorageAccess.Own)
            values.Missing(Keys.StorageRoot, "tables may lie below it only, whatever the server says");
        CheckSigning();
        return new IcebergOptions
        {
            Catalog = "rest",
            Warehouse = warehouse ?? "",
            StorageRoot = isBound ? root ?? warehouse ?? "" : null,
            Namespace = space,
            Rest = OverHttp() with { Warehouse = warehouse, Access = access },
            SigningName = values.Text(Keys.SigningName),
            SigningRegion = values.Text(Keys.SigningRegion),
        };
    }

    /// <summary>A server that is asked over HTTP, and who one is there.</summary>
    private RestOptions OverHttp()
    {
        if (values.Text(Keys.CatalogCredential) is { Length: > 0 } credential && (credential.StartsWith(':') || credential.EndsWith(':')))
            values.Bad(Keys.CatalogCredential);
        foreach (var key in new[] { Keys.CatalogScope, Keys.OAuth2ServerUri, Keys.CatalogAudience, Keys.CatalogResource })
            if (values.Changes(key) && !values.Has(Keys.CatalogCredential) && !values.Flag(Keys.TokenExchange))
                values.Wrong(key, "has no meaning without credential");
        if (values.Has(Keys.CatalogCertificate) != values.Has(Keys.CatalogCertificateKey))
            values.Missing(values.Has(Keys.CatalogCertificate) ? Keys.CatalogCertificateKey : Keys.CatalogCertificate,
                "a certificate and its key belong together");
        return new RestOptions
        {
            Uri = Address(Keys.CatalogUri) ?? "http://localhost",
            Token = values.Text(Keys.CatalogToken),
            Credential = values.Text(Keys.CatalogCredential),
            Scope = values.Text(Keys.CatalogScope),
            OAuth2ServerUri = Address(Keys.OAuth2ServerUri),
            Audience = values.Text(Keys.CatalogAudience),
            Resource = values.Text(Keys.CatalogResource),
            TokenExchange = values.Flag(Keys.TokenExchange),
            CaFile = values.Text(Keys.CatalogCaFile),
            ClientCertificate = values.Text(Keys.CatalogCertificate) is { } shown && values.Text(Keys.CatalogCertificateKey) is { } itsKey
                ? (shown, itsKey) : null,
            Proxy = Proxy(),
            Headers = BindHeaders(),
        };
    }

    private void CheckSigning()
    {
        if (values.Has(Keys.SigningRegion) && !values.Has(Keys.SigningName))
            values.Wrong(Keys.SigningRegion, "has no meaning without signing_name");
        foreach (var key in new[] { Keys.CatalogToken, Keys.CatalogCredential })
            if (values.Has(Keys.SigningName) && values.Has(key)) values.Wrong(key, "stands against signing_name", "set one of them");
    }

    private Uri? Proxy()
    {
        if (values.Text(Keys.CatalogProxy) is not { Length: > 0 } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && uri is { Host.Length: > 0, AbsolutePath: "/", Query.Length: 0, Fragment.Length: 0 }) return uri;
        values.Bad(Keys.CatalogProxy);
        return null;
    }

    private ImmutableSortedDictionary<string, string> BindHeaders()
    {
        var headers = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var setting in Headers)
        {
            var name = setting.Key[Keys.HeaderPrefix.Length..];
            if (name.Contains('.', StringComparison.Ordinal) || name.ToUpperInvariant() is "HOST" or "CONTENT-LENGTH" or "CONTENT-TYPE" or "CONNECTION" or "TRANSFER-ENCODING" or "IDEMPOTENCY-KEY" or "IF-NONE-MATCH")
                problems.Add(setting.KeyPlace, $"[iceberg] {setting.Key}: is not a header that can be set");
            else if (setting.Text.Any(c => c is < ' ' or > '~'))
                problems.Add(setting.ValuePlace, $"[iceberg] {setting.Key}: expected printable ASCII characters");
            else headers[name] = setting.Text;
        }
        if (headers.Keys.Any(k => k.Equals("authorization", StringComparison.OrdinalIgnoreCase)) && (values.Has(Keys.CatalogToken) || values.Has(Keys.CatalogCredential)))
            problems.Add(Headers.First().KeyPlace, "[iceberg] header.Authorization: stands against token and credential", "set one of them");
        return headers.ToImmutable();
    }

    private string? Address(ConfigKey key)
    {
        if (values.Text(key) is not { Length: > 0 } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri is { Host.Length: > 0, UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 }) return text.TrimEnd('/');
        values.Bad(key, uri is { UserInfo.Length: > 0 } ? "a login belongs into token or credential" : null);
        return null;
    }

    /// <summary>The text of a key that must be a place which there is a store for.</summary>
    private string? Place(ConfigKey key)
    {
        if (values.Text(key) is not { Length: > 0 } text) return null;
        try
        {
            if (Catalogs.Flaw(text) is { } flaw) values.Bad(key, flaw);
        }
        catch (EngineException)
        {
            values.Bad(key);
        }
        return text;
    }

    private ImmutableArray<string> Places()
    {
        var places = (values.Text(Keys.Locations) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var place in places)
        {
            try
            {
                if (Catalogs.Flaw(place) is { } flaw) values.Bad(Keys.Locations, flaw);
            }
            catch (EngineException)
            {
                values.Bad(Keys.Locations);
            }
        }
        // The empty one is one and the same, so that options that say the same are equal.
        return places.Length == 0 ? [] : [.. places];
    }

    private static bool IsPlace(string? warehouse) => warehouse is not null
        && (warehouse.StartsWith('/') || warehouse.StartsWith("./", StringComparison.Ordinal)
            || warehouse.StartsWith("file:/", StringComparison.Ordinal)
            || (warehouse.Contains("://", StringComparison.Ordinal) && Catalogs.Flaw(warehouse) is null));
}
