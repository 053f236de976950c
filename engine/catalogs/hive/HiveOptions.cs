using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Catalogs.Hive;

/// <summary>How to reach a Hive Metastore.</summary>
public sealed record HiveOptions
{
    /// <summary>The port of a metastore that is named without one.</summary>
    public const int DefaultPort = 9083;

    /// <summary>Its servers, tried in turn.</summary>
    public required ImmutableArray<(string Host, int Port)> Servers { get; init; }

    /// <summary>The folder of all databases that are made here, and of tables in databases whose own folder lies elsewhere.</summary>
    public required string Warehouse { get; init; }

    /// <summary>
    /// A commit holds the metastore's lock of the table, as Iceberg Java does unless it is told otherwise. The table's property
    /// <c>engine.hive.lock-enabled</c>
    /// goes before it. All writers of a table must do the same.
    /// </summary>
    public bool Locks { get; init; } = true;

    public bool Tls { get; init; }

    /// <summary>PEM file of the authorities that are trusted, in place of the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>Who a metastore without authentication is told is asking; null for the user of this process.</summary>
    public string? User { get; init; }

    public int ConnectTimeoutMs { get; init; } = 5_000;

    /// <summary>How long an answer may take.</summary>
    public int TimeoutMs { get; init; } = 60_000;

    /// <summary>How long a commit waits for the table's lock.</summary>
    public int LockTimeoutMs { get; init; } = 180_000;

    /// <summary>Reads <c>thrift://host:port,thrift://host:port</c>.</summary>
    /// <exception cref="EngineException">Invalid: it is nothing like it.</exception>
    public static ImmutableArray<(string Host, int Port)> ServersOf(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries).Select(ServerOf)];

    private static (string Host, int Port) ServerOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri is { Scheme: "thrift", Host.Length: > 0, UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 }
            && uri.AbsolutePath is "" or "/"
            ? (uri.Host, uri.Port > 0 ? uri.Port : DefaultPort)
            : throw new EngineException(ErrorKind.Invalid, "thrift://host:port, several separated by commas");
}
