namespace K2I.Cli.Config;

/// <summary>A configuration that was read: the options if it is sound, else what is wrong with it.</summary>
/// <param name="Source">What messages call its file.</param>
/// <param name="Options">Null if there are problems.</param>
internal sealed record LoadedConfig(string Source, AppOptions? Options, IReadOnlyList<Problem> Problems, IReadOnlyList<SettingSection> Sections, Redactor Redactor)
{
    public static LoadedConfig Load(ConfigSources sources)
    {
        var problems = new Problems();
        var redactor = new Redactor();
        var reader = new SettingsReader(sources, problems, redactor);
        var sections = reader.Read();
        // Without its file a configuration lacks everything; that needs saying once.
        var options = reader.FileFailed ? null : new ConfigBinder(reader.SourceName, sections, problems).Bind();
        return new LoadedConfig(reader.SourceName, problems.Any ? null : options, problems.InOrder, sections, redactor);
    }
}
