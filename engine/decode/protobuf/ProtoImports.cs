using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using K2I.Base;

namespace K2I.Decode.Protobuf;

/// <summary>What a <c>.proto</c> text imports, and those again. A control path.</summary>
internal sealed partial class ProtoImports(Func<string, byte[]?> read)
{
    private const int MaxFiles = 1_000;

    private readonly ImmutableArray<SchemaReference>.Builder found = ImmutableArray.CreateBuilder<SchemaReference>();
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);

    /// <summary>Each after what it imports itself. What is not there is left to the parser, which knows some and names others.</summary>
    /// <param name="text">The file that is asked for.</param>
    /// <param name="read">The file of a path that is imported; null where there is none.</param>
    internal static ImmutableArray<SchemaReference> Of(string text, Func<string, byte[]?> read)
    {
        var imports = new ProtoImports(read);
        imports.Follow(text);
        return imports.found.ToImmutable();
    }

    private void Follow(string text)
    {
        foreach (Match import in Import().Matches(text))
        {
            var name = import.Groups[1].Value;
            if (name.StartsWith("google/protobuf/", StringComparison.Ordinal) || !seen.Add(name) || read(name) is not { } content) continue;
            if (seen.Count > MaxFiles)
                throw new EngineException(ErrorKind.Invalid, $"protobuf schema: it imports more than {MaxFiles} files");
            var imported = Encoding.UTF8.GetString(content);
            Follow(imported);
            found.Add(new(name, imported));
        }
    }

    [GeneratedRegex("""^[ \t]*import[ \t]+(?:public[ \t]+|weak[ \t]+)?["']([^"'\r\n]+)["']""", RegexOptions.Multiline)]
    private static partial Regex Import();
}
