namespace K2I.Cli.Config;

/// <summary>A section's effective settings by key: the file's, then the environment's and the options' over them.</summary>
internal sealed class SettingSection(string name, Place place)
{
    private readonly Dictionary<string, Setting> settings = new(StringComparer.Ordinal);

    public string Name => name;

    public Place Place => place;

    /// <summary>The section whose keys are documented for this one: <c>table</c> for <c>table.NAME</c>.</summary>
    public string Kind => IsTable ? "table" : name;

    public bool IsTable => name.StartsWith("table.", StringComparison.Ordinal);

    public string TableName => name["table.".Length..];

    public IEnumerable<Setting> All => settings.Values;

    public Setting? this[string key] => settings.GetValueOrDefault(key);

    public void Set(Setting setting) => settings[setting.Key] = setting;
}
