using System.Globalization;

namespace K2I.Columns;

/// <summary>A column that <see cref="ColumnNames"/> does not let in, and why.</summary>
/// <param name="Flaw">What is wrong.</param>
/// <param name="Path">The column's full name, its beginning where it is too long; of an empty name what it is in.</param>
/// <param name="Name">The name that is wrong: the full name, or the shorter one that readers know the column by as well.</param>
/// <param name="Other">The full name of the column that was first, or what has the name reserved; empty where it is neither.</param>
public sealed record NameClash(NameFlaw Flaw, string Path, string Name, string Other)
{
    private const int LongestShown = 200;

    /// <summary>What can be done about it, in a few words.</summary>
    public string Advice => Flaw switch
    {
        NameFlaw.Taken or NameFlaw.CaseOnly => "rename one of the two or leave one out",
        NameFlaw.Reserved => "rename the column, or the partition field with 'as'",
        NameFlaw.TooMany => "leave columns out; a map column, or a string column that keeps the JSON text, takes any number of members",
        _ => "rename the column or leave it out",
    };

    /// <summary>One sentence for a person.</summary>
    public override string ToString() => Flaw switch
    {
        NameFlaw.Taken => $"two columns have the full name '{Shown(Path)}', by which readers find them",
        NameFlaw.CaseOnly => $"{Subject} differs from '{Shown(Other)}' in case only, which many engines cannot tell apart",
        NameFlaw.Reserved => $"{Subject} has the name of {Other}",
        NameFlaw.Empty => Path.Length == 0 ? "a column's name is empty" : $"the name of a column in '{Shown(Path)}' is empty",
        NameFlaw.TooLong => Said($"column '{Shown(Path)}' has a full name of more than {ColumnNames.MaxNameLength} characters"),
        _ => Said($"column '{Shown(Path)}' is one too many: a table has at most {ColumnNames.MaxColumns} columns, counted at every depth"),
    };

    private string Subject => $"column '{Shown(Path)}'{(Name == Path ? "" : $", which readers also know as '{Shown(Name)}',")}";

    private static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Shown(string name) => name.Length <= LongestShown ? name : name[..LongestShown] + "…";
}
