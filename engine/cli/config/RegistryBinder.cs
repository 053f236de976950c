using System.Collections.Immutable;
using K2I.Registry;

namespace K2I.Cli.Config;

/// <summary>Binds <c>[registry]</c>: where schemas are, and who one is there.</summary>
internal sealed class RegistryBinder(ValueReader values, SettingSection? section, Problems problems)
{
    private static readonly (ConfigKey Key, ConfigKey Needs)[] Together =
    [
        (Keys.RegistryUser, Keys.RegistryPassword), (Keys.RegistryPassword, Keys.RegistryUser),
        (Keys.RegistryCredential, Keys.RegistryTokenUrl), (Keys.RegistryTokenUrl, Keys.RegistryCredential),
            (Keys.RegistryScope, Keys.RegistryCredential),
        (Keys.RegistryCertificate, Keys.RegistryKey), (Keys.RegistryKey, Keys.RegistryCertificate),
    ];

    /// <summary>Null where there is no registry.</summary>
    public RegistryOptions? Bind()
    {
        if (section is null) return null;
        var api = (RegistryApi)values.Choice(Keys.RegistryApi);
        if (!values.Has(Keys.RegistryUrl) && api != RegistryApi.Glue)
        {
            if (Keys.All.Any(k => k.Section == section.Name && values.Changes(k)) || section.All.Any(s => KnownKeys.IsHeader(s.Key)))
                values.Missing(Keys.RegistryUrl);
            return null;
        }
        foreach (var (key, needs) in Together)
            if (values.Has(key) && !values.Has(needs)) values.Missing(needs, $"it belongs to {key.Name}");
        ConfigKey[] logins = [.. new[] { Keys.RegistryUser, Keys.RegistryToken, Keys.RegistryCredential }.Where(values.Has)];
        foreach (var other in logins.Skip(1)) values.Wrong(other, $"stands against {logins[0].Name}", "set one of them");
        var credential = values.Text(Keys.RegistryCredential);
        if (credential is not null && credential.IndexOf(':', StringComparison.Ordinal) is <= 0) values.Bad(Keys.RegistryCredential);
        if (api == RegistryApi.Glue && logins.Length > 0) values.Wrong(logins[0], "Glue is asked with the keys of [s3]", "leave it out");
        return new()
        {
            Api = api,
            Urls = [.. (values.Text(Keys.RegistryUrl) ?? "").Split(',',
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(u => Url(u, Keys.RegistryUrl))],
            Context = values.Text(Keys.RegistryContext)?.Trim(':', '.'),
            User = values.Text(Keys.RegistryUser),
            Password = values.Text(Keys.RegistryPassword),
            Token = values.Text(Keys.RegistryToken),
            Credential = credential,
            TokenUrl = values.Text(Keys.RegistryTokenUrl) is { Length: > 0 } at ? Url(at, Keys.RegistryTokenUrl) : null,
            Scope = values.Text(Keys.RegistryScope),
            CaFile = File(Keys.RegistryCaFile),
            CertificateFile = File(Keys.RegistryCertificate),
            KeyFile = File(Keys.RegistryKey),
            Headers = Headers(),
            TimeoutMs = (int)values.Ms(Keys.RegistryTimeout, 100, 300_000),
        };
    }

    private string Url(string text, ConfigKey key)
    {
        var isGood = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && uri is { Host.Length: > 0, UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 };
        if (!isGood) values.Bad(key, uri is { UserInfo.Length: > 0 } ? "a login belongs into user and password" : null);
        return text.TrimEnd('/');
    }

    private string? File(ConfigKey key)
    {
        var path = values.Text(key);
        if (!string.IsNullOrEmpty(path) && !System.IO.File.Exists(path)) values.Bad(key, "the file does not exist");
        return path;
    }

    private ImmutableSortedDictionary<string, string> Headers()
    {
        var headers = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var setting in section!.All.Where(s => KnownKeys.IsHeader(s.Key)))
        {
            var name = setting.Key[Keys.HeaderPrefix.Length..];
            if (name.Contains('.', StringComparison.Ordinal)) problems.Add(setting.KeyPlace,
                $"[registry] {setting.Key}: is not a header that can be set");
            else if (setting.Text.Any(c => c is < ' ' or > '~')) problems.Add(setting.ValuePlace,
                $"[registry] {setting.Key}: expected printable ASCII characters");
            else headers[name] = setting.Text;
        }
        return headers.ToImmutable();
    }
}
