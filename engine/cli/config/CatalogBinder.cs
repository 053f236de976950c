using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;
using K2I.Pipeline;

namespace K2I.Cli.Config;

/// <summary>Binds <c>[iceberg]</c>: which catalog, how to reach it, and where tables may lie.</summary>
internal sealed class CatalogBinder(ValueReader values, SettingSection? section, Problems problems)
{
    private static readonly ConfigKey[] OfRest = [Keys.CatalogUri, Keys.StorageRoot, Keys.CatalogToken, Keys.CatalogCredential, Keys.CatalogScope, Keys.OAuth2ServerUri];

    private IEnumerable<Setting> Headers => section?.All.Where(s => KnownKeys.IsHeader(s.Key)) ?? [];

    public IcebergOptions Bind()
    {
        var space = values.Text(Keys.Namespace)!;
        if (!Names.IsDotted(space)) values.Bad(Keys.Namespace);
        var options = values.Choice(Keys.Catalog) == 0 ? File(space) : Rest(space);
        return options with { FormatVersion = values.Choice(Keys.FormatVersion) + 2, Locations = Places() };
    }

    private IcebergOptions File(string space)
    {
        foreach (var key in OfRest)
            if (values.Changes(key)) values.Wrong(key, "has no meaning with catalog = file", "set catalog = rest");
        foreach (var header in Headers) problems.Add(header.KeyPlace, $"[iceberg] {header.Key}: has no meaning with catalog = file", "set catalog = rest");
        if (!values.Has(Keys.Warehouse)) values.Missing(Keys.Warehouse);
        return new IcebergOptions { Catalog = "file", Warehouse = Place(Keys.Warehouse) ?? "", Namespace = space };
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
        return [.. places];
    }

    private static bool IsPlace(string? warehouse) => warehouse is not null
        && (warehouse.StartsWith('/') || warehouse.StartsWith("./", StringComparison.Ordinal)
            || warehouse.StartsWith("file:/", StringComparison.Ordinal)
            || (warehouse.Contains("://", StringComparison.Ordinal) && Catalogs.Flaw(warehouse) is null));
}
