using System.Buffers;

namespace K2I.Cli.Config;

/// <summary>Knows the secret values and takes them out of text that is about to be printed: a safety net under code that should not print
/// them at all. Filled at start and at reloads, by one thread; read by any.</summary>
internal sealed class Redactor
{
    public const string Mask = "***";

    // Taking shorter values out of all text would garble it more than it protects.
    private const int ShortestSecret = 4;

    private static readonly SearchValues<char> AfterAuthority = SearchValues.Create(" \t\n\"'<>/");

    private string[] secrets = [];

    public void Add(string secret)
    {
        if (secret.Length < ShortestSecret || secret == Mask || secrets.Contains(secret)) return;
        // Longest first: a secret may contain another.
        secrets = [.. secrets.Append(secret).OrderByDescending(s => s.Length)];
    }

    /// <summary>The secrets of another, too.</summary>
    public void AddAll(Redactor other)
    {
        foreach (var secret in other.secrets) Add(secret);
    }

    /// <summary>The same string if there is nothing to hide.</summary>
    public string Scrub(string text)
    {
        foreach (var secret in secrets) text = text.Replace(secret, Mask, StringComparison.Ordinal);
        return text.Contains("://", StringComparison.Ordinal) && text.Contains('@', StringComparison.Ordinal) ? WithoutLogins(text) : text;
    }

    /// <summary><c>scheme://user:password@host</c> becomes <c>scheme://***@host</c>.</summary>
    private static string WithoutLogins(string text)
    {
        for (var from = 0; ;)
        {
            var start = text.IndexOf("://", from, StringComparison.Ordinal);
            if (start < 0) return text;
            start += 3;
            var end = text.AsSpan(start).IndexOfAny(AfterAuthority);
            var login = text.AsSpan(start, end < 0 ? text.Length - start : end).LastIndexOf('@');
            if (login > 0) text = string.Concat(text.AsSpan(0, start), Mask, text.AsSpan(start + login));
            from = start;
        }
    }
}
