namespace K2I.Decode.Tests;

/// <summary>
/// A test with records that Java's libraries write; skipped, with the reason, where Java's compiler or they are not there.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class JavaFactAttribute : FactAttribute
{
    /// <param name="withFastavro">Which it needs as well.</param>
    public JavaFactAttribute(bool withFastavro = false) => Skip =
        withFastavro && new FastavroFactAttribute().Skip is { } lacking ? lacking
        : Shared.Find(Jars.Program) is null ? $"needs {Jars.Program} below K2I_SHARED"
        : !File.Exists("/usr/bin/javac") ? "no Java compiler: Debian's openjdk-17-jdk-headless" : null;

    /// <summary>The lines that a program of <c>tests/decode/java</c> prints.</summary>
    /// <param name="libraries">By which list of <see cref="Jars"/>.</param>
    internal static string[] Run(string program, string libraries, string input = "")
    {
        string[] arguments = ["-cp", Jars.Path(libraries), Repository.Path($"tests/decode/java/{program}.java")];
        return Tool.Run("java", arguments, input).Expect(0).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
