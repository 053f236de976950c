using System.Collections.Immutable;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Which names tables and namespaces may have where they become folders.</summary>
public static class TableNames
{
    private const int MaxLength = 128;

    /// <summary>Refuses a name with a level that is empty, over long, or not made of <c>a-z 0-9 _</c> (where <paramref name="strict"/>), or that could leave its folder.</summary>
    public static void Require(TableIdent ident, bool strict)
    {
        if (ident.Namespace.IsEmpty) throw new EngineException(ErrorKind.Invalid, $"table '{ident.Name}' has no namespace");
        RequireNamespace(ident.Namespace, strict);
        RequireLevel(ident.Name, ident.ToString(), strict);
    }

    public static void RequireNamespace(ImmutableArray<string> levels, bool strict)
    {
        foreach (var level in levels) RequireLevel(level, string.Join('.', levels), strict);
    }

    private static void RequireLevel(string level, string whole, bool strict)
    {
        var bad = level.Length == 0 ? "a part of it is empty"
            : level.Length > MaxLength ? $"a part of it is longer than {MaxLength} characters"
            : level is "." or ".." || level.StartsWith('.') ? "a part of it starts with a dot"
            : level.Any(c => c is '/' or '\\' || char.IsControl(c)) ? "it holds a slash or a control character"
            : strict && level.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '_') ? "it may hold a to z, 0 to 9 and _ only"
            : null;
        if (bad is not null) throw new EngineException(ErrorKind.Invalid, $"the name '{whole}' is refused: {bad}");
    }
}
