namespace K2I.Cli.Config;

/// <summary>What tables, namespaces and addresses may look like.</summary>
internal static class Names
{
    private const int LongestPart = 128;

    /// <summary><c>name</c> or <c>namespace.name</c>, any depth: parts of a-z, 0-9 and _, joined by dots.</summary>
    public static bool IsDotted(string name)
    {
        foreach (var part in name.Split('.'))
            if (part.Length is 0 or > LongestPart || !part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')) return false;
        return true;
    }

    /// <summary>The index of the first broker that is not host:port; -1 if all are.</summary>
    public static int BadBroker(string brokers)
    {
        var at = 0;
        foreach (var broker in brokers.Split(','))
        {
            var text = broker.Trim();
            var host = text.StartsWith('[') ? text.IndexOf(']') + 1 : text.LastIndexOf(':');
            var good = host > 0 && host < text.Length && text[host] == ':' && ushort.TryParse(text.AsSpan(host + 1), System.Globalization.NumberStyles.None, null, out var port) && port > 0
                && text.AsSpan(0, host).IndexOfAny(" \t/@") < 0 && (text[0] == '[' || text.AsSpan(0, host).IndexOf(':') < 0);
            if (!good) return at + (broker.Length - broker.TrimStart().Length);
            at += broker.Length + 1;
        }
        return -1;
    }
}
