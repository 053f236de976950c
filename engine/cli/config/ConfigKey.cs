namespace K2I.Cli.Config;

/// <summary>One documented key: the only place that knows its name, default and meaning. Values have the form that <paramref name="Expected"/> says.</summary>
/// <param name="Section"><c>table</c> stands for every <c>[table.NAME]</c>.</param>
/// <param name="Default">As one would write it; null where there is none.</param>
/// <param name="Expected">For messages: "expected …".</param>
/// <param name="Summary">For people: one sentence.</param>
/// <param name="Example">For the starter file where there is no default.</param>
internal sealed record ConfigKey(string Section, string Name, string? Default, string Expected, string Summary, string? Example = null)
{
    /// <summary>The value must never be printed.</summary>
    public bool Secret { get; init; }

    /// <summary>The file must give it.</summary>
    public bool Required { get; init; }

    /// <summary><c>${…}</c> in the value means something else than the environment: it is taken as it stands.</summary>
    public bool Verbatim { get; init; }

    /// <summary>The words that are allowed, if the value is one of a few.</summary>
    public string[] Choices { get; init; } = [];

    public static ConfigKey Choice(string section, string name, string summary, params string[] choices) =>
        new(section, name, choices[0], string.Join(" or ", choices), summary) { Choices = choices };
}
