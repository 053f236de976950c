using System.Diagnostics.CodeAnalysis;

namespace K2I.Catalogs.Jdbc;

/// <summary>The parts of a JDBC URI.</summary>
/// <param name="Driver"><c>postgresql</c>, <c>mysql</c> or <c>sqlite</c>.</param>
/// <param name="Host">Empty for SQLite.</param>
/// <param name="Port">0 for the usual one.</param>
/// <param name="Database">Its name, or the file.</param>
/// <param name="Tls"><c>disable</c>, <c>prefer</c>, <c>require</c>, <c>verify-ca</c> or <c>verify-full</c>.</param>
/// <param name="CaFile">PEM file of the authorities to trust.</param>
internal sealed record JdbcUri(string Driver, string Host, int Port, string Database, string Tls, string? CaFile)
{
    private const string Expected = "expected jdbc:postgresql://host/database, jdbc:mysql://host/database or jdbc:sqlite:/path";

    private static readonly string[] TlsModes = ["disable", "prefer", "require", "verify-ca", "verify-full"];

    /// <summary>Without what may be secret.</summary>
    public string Name => Driver == "sqlite" ? $"jdbc:sqlite:{Database}"
        : $"jdbc:{Driver}://{Host}{(Port > 0 ? $":{Port}" : "")}/{Database}";

    /// <summary>Null, with the reason, for what is none.</summary>
    public static JdbcUri? Parse(string text, [NotNullWhen(false)] out string? flaw)
    {
        const string sqlite = "jdbc:sqlite:";
        flaw = null;
        if (text.StartsWith(sqlite, StringComparison.Ordinal))
        {
            var file = text[sqlite.Length..];
            if (file.StartsWith("file:", StringComparison.Ordinal)) file = file["file:".Length..];
            if (file.Length > 0 && !file.Contains('?', StringComparison.Ordinal) && !file.StartsWith(':'))
                return new JdbcUri("sqlite", "", 0, Path.GetFullPath(file), "disable", null);
            flaw = "expected jdbc:sqlite: and the path of a file";
            return null;
        }
        var driver = text.StartsWith("jdbc:postgresql://", StringComparison.Ordinal) ? "postgresql"
            : text.StartsWith("jdbc:mysql://", StringComparison.Ordinal) ? "mysql"
            : text.StartsWith("jdbc:mariadb://", StringComparison.Ordinal) ? "mysql"
            : null;
        if (driver is null || !Uri.TryCreate(text["jdbc:".Length..], UriKind.Absolute, out var uri) || uri.Host.Length == 0
            || uri.AbsolutePath.Trim('/') is not { Length: > 0 } database || database.Contains('/', StringComparison.Ordinal))
        {
            flaw = Expected;
            return null;
        }
        if (uri.UserInfo.Length > 0) flaw = "a login belongs into user and password";
        string tls = "prefer";
        string? ca = null;
        foreach (var part in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = part.IndexOf('=', StringComparison.Ordinal) is var at and > 0
                ? (part[..at], Uri.UnescapeDataString(part[(at + 1)..])) : (part, "");
            switch (name.ToLowerInvariant())
            {
                case "sslmode":
                    tls = ModeOf(value);
                    if (!TlsModes.Contains(tls)) flaw = $"sslmode: expected {string.Join(", ", TlsModes)}";
                    break;
                case "sslrootcert" or "serversslcert":
                    ca = value;
                    break;
                // What passwords come in has no place here, so the value is not shown.
                default:
                    flaw = $"the parameter {name} is not known; sslmode and sslrootcert are";
                    break;
            }
        }
        return flaw is null ? new JdbcUri(driver, uri.Host, Math.Max(0, uri.Port), Uri.UnescapeDataString(database), tls, ca) : null;
    }

    /// <summary>MySQL's words and MariaDB's mean the same as PostgreSQL's.</summary>
    private static string ModeOf(string mode) => mode.ToLowerInvariant().Replace('_', '-') switch
    {
        "disabled" or "false" => "disable",
        "preferred" or "allow" => "prefer",
        "required" or "trust" or "true" => "require",
        "verify-identity" => "verify-full",
        var other => other,
    };
}
