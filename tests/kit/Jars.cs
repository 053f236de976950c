namespace K2I.Kit;

/// <summary>Java's libraries below <see cref="Shared"/>.</summary>
public static class Jars
{
    /// <summary>What unpacks them, and says where.</summary>
    public const string Program = "peers/java/jars";

    /// <summary>A class path of those of one list, such as <c>connect</c>, and of others.</summary>
    public static string Path(string list, params string[] others)
    {
        var folder = Tool.Output(Shared.Need(Program), []).Trim();
        var names = File.ReadLines(Shared.Need($"peers/java/{list}.cp")).Where(l => l.Length > 0);
        return string.Join(':', [.. others, .. names.Select(n => System.IO.Path.Combine(folder, n))]);
    }
}
