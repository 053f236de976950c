namespace K2I.Cli.Config;

/// <summary>The ranges of keys that stand in more than one section.</summary>
internal static class Limits
{
    public static long FlushBytes(ValueReader values, ConfigKey key) => values.Bytes(key, 64 << 10, 64L << 30);

    public static long FlushRows(ValueReader values, ConfigKey key) => values.Count(key, 1, 1_000_000_000_000);

    public static long FlushInterval(ValueReader values, ConfigKey key) => values.Ms(key, 100, 86_400_000);
}
