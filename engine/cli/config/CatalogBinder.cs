using System.Collections.Immutable;
using K2I.Base;
using K2I.Catalogs;
using K2I.Iceberg;
using K2I.Pipeline;

namespace K2I.Cli.Config;

/// <summary>Binds <c>[iceberg]</c>: which catalog, how to reach it, and where tables may lie.</summary>
internal sealed class CatalogBinder(ValueReader values, SettingSection? section, Problems problems)
{
    /// <summary>Which catalogs a key is for.</summary>
    private static readonly (ConfigKey Key, string[] Catalogs)[] Meanings =
    [
        (Keys.CatalogUri, ["rest", "jdbc", "glue"]), (Keys.StorageRoot, ["rest"]), (Keys.CatalogToken, ["rest"]),
        (Keys.CatalogCredential, ["rest"]), (Keys.CatalogScope, ["rest"]), (Keys.OAuth2ServerUri, ["rest"]),
        (Keys.CatalogName, ["jdbc"]), (Keys.CatalogUser, ["jdbc"]), (Keys.CatalogPassword, ["jdbc"]), (Keys.CatalogId, ["glue"]),
    ];

    private IEnumerable<Setting> Headers => section?.All.Where(s => KnownKeys.IsHeader(s.Key)) ?? [];

    public IcebergOptions Bind()
    {
        var space = values.Text(Keys.Namespace)!;
        if (!Names.IsDotted(space)) values.Bad(Keys.Namespace);
        var catalog = Keys.Catalog.Choices[values.Choice(Keys.Catalog)];
        foreach (var (key, catalogs) in Meanings)
            if (!catalogs.Contains(catalog) && values.Changes(key))
                values.Wrong(key, $"has no meaning with catalog = {catalog}", $"set catalog = {string.Join(" or ", catalogs)}");
        if (catalog != "rest")
            foreach (var header in Headers)
                problems.Add(header.KeyPlace, $"[iceberg] {header.Key}: has no meaning with catalog = {catalog}", "set catalog = rest");
        var options = catalog switch
        {
            "file" => Placed(catalog, space),
            "rest" => Rest(space),
            "jdbc" => Placed(catalog, space) with { Properties = Jdbc() },
            _ => Placed(catalog, space) with { Properties = Glue() },
        };
        return options with { FormatVersion = values.Choice(Keys.FormatVersion) + 2 };
    }

    /// <summary>A catalog whose tables lie in the warehouse.</summary>
    private IcebergOptions Placed(string catalog, string space)
    {
        if (!values.Has(Keys.Warehouse)) values.Missing(Keys.Warehouse);
        return new IcebergOptions { Catalog = catalog, Warehouse = Place(Keys.Warehouse) ?? "", Namespace = space };
    }

    private ImmutableSortedDictionary<string, string> Jdbc()
    {
        var properties = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (!values.Has(Keys.CatalogUri)) values.Missing(Keys.CatalogUri, "such as jdbc:postgresql://host/database");
        else if (values.Text(Keys.CatalogUri) is { Length: > 0 } uri)
        {
            if (JdbcOptions.UriFlaw(uri) is { } flaw) values.Wrong(Keys.CatalogUri, flaw, offset: 0);
            properties[CatalogProperties.Uri] = uri;
        }
        if (values.Has(Keys.CatalogPassword) && !values.Has(Keys.CatalogUser)) values.Missing(Keys.CatalogUser, "password belongs to it");
        properties[CatalogProperties.Name] = values.Text(Keys.CatalogName)!;
        if (values.Text(Keys.CatalogUser) is { } user) properties[CatalogProperties.JdbcUser] = user;
        if (values.Text(Keys.CatalogPassword) is { } password) properties[CatalogProperties.JdbcPassword] = password;
        return properties.ToImmutable();
    }

    private ImmutableSortedDictionary<string, string> Glue()
    {
        var properties = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (Address(Keys.CatalogUri) is { } endpoint) properties[CatalogProperties.GlueEndpoint] = endpoint;
        if (values.Text(Keys.CatalogId) is { } id) properties[CatalogProperties.GlueId] = id;
        return properties.ToImmutable();
    }

    private IcebergOptions Rest(string space)
    {
        if (!values.Has(Keys.CatalogUri)) values.Missing(Keys.CatalogUri);
        var warehouse = values.Text(Keys.Warehouse);
        var root = Place(Keys.StorageRoot);
        // A warehouse that is a place bounds its tables by itself; a name does not.
        if (root is null && !values.Has(Keys.StorageRoot) && !IsPlace(warehouse))
            values.Missing(Keys.StorageRoot, "tables may lie below it only, whatever the server says");
        if (values.Text(Keys.CatalogCredential) is { Length: > 0 } credential && (credential.StartsWith(':') || credential.EndsWith(':'))) values.Bad(Keys.CatalogCredential);
        foreach (var key in new[] { Keys.CatalogScope, Keys.OAuth2ServerUri })
            if (values.Changes(key) && !values.Has(Keys.CatalogCredential)) values.Wrong(key, "has no meaning without credential");
        return new IcebergOptions
        {
            Catalog = "rest",
            Warehouse = warehouse ?? "",
            StorageRoot = root ?? warehouse ?? "",
            Namespace = space,
            Rest = new RestOptions
            {
                Uri = Address(Keys.CatalogUri) ?? "http://localhost",
                Warehouse = warehouse,
                Token = values.Text(Keys.CatalogToken),
                Credential = values.Text(Keys.CatalogCredential),
                Scope = values.Text(Keys.CatalogScope)!,
                OAuth2ServerUri = Address(Keys.OAuth2ServerUri),
                Headers = BindHeaders(),
            },
        };
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

    private static bool IsPlace(string? warehouse) => warehouse is not null
        && (warehouse.StartsWith('/') || warehouse.StartsWith("./", StringComparison.Ordinal)
            || warehouse.StartsWith("file:/", StringComparison.Ordinal)
            || (warehouse.Contains("://", StringComparison.Ordinal) && Catalogs.Flaw(warehouse) is null));
}
