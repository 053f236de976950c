namespace K2I.Cli.Config;

/// <summary>A key's effective value and where it came from.</summary>
/// <param name="Template">As written, <c>${…}</c> included: safe to show unless the key is secret.</param>
/// <param name="Text">After expansion: may hold what the environment or a file holds.</param>
internal sealed record Setting(string Key, string Template, string Text, Quoting Quoting, Place KeyPlace, Place ValuePlace)
{
    public bool Expanded => !ReferenceEquals(Template, Text) && Template != Text;

    /// <summary>The place of a character of <see cref="Text"/>; the value's start where escapes or expansions have moved it.</summary>
    public Place PlaceAt(int offset)
    {
        if (ValuePlace.Line == 0 || Expanded || Quoting == Quoting.Double) return ValuePlace;
        var before = Text.AsSpan(0, Math.Clamp(offset, 0, Text.Length));
        var lines = before.Count('\n');
        return lines == 0
            ? ValuePlace with { Column = ValuePlace.Column + before.Length }
            : ValuePlace with { Line = ValuePlace.Line + lines, Column = before.Length - before.LastIndexOf('\n') };
    }

    // The generated text would print the value.
    public override string ToString() => $"{Key} ({ValuePlace})";
}
