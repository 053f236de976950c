using System.CommandLine;
using K2I.Cli.Config;

namespace K2I.Cli.Commands;

/// <summary>The options of every command that reads the configuration.</summary>
internal sealed class ConfigArguments
{
    private readonly Option<string?> path = new("--config", "-c") { Description = "Configuration file, - for standard input (default: ./k2i.ini)", HelpName = "FILE" };

    private readonly Option<string[]> sets = new("--set")
    {
        Description = "Set a key, over the file and the environment; may stand several times",
        HelpName = "section.key=value",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Subcommands have the options too.</summary>
    public bool Recursive { get; init; }

    public void AddTo(Command command)
    {
        path.Recursive = sets.Recursive = Recursive;
        command.Options.Add(path);
        command.Options.Add(sets);
    }

    public LoadedConfig Load(ParseResult arguments, Terminal terminal) =>
        LoadedConfig.Load(new ConfigSources(arguments.GetValue(path), arguments.GetValue(sets) ?? [], terminal.Environment, terminal.In));

    /// <summary>True where the configuration can be read more than once: it is no standard input.</summary>
    public bool CanRead(ParseResult arguments) => arguments.GetValue(path) != "-";

    /// <summary>True if the caller named a file or keys, or the default file is there.</summary>
    public bool IsGiven(ParseResult arguments) => arguments.GetValue(path) is not null || arguments.GetValue(sets) is { Length: > 0 } || File.Exists(ConfigSources.DefaultPath);

    /// <summary>Prints what is wrong with the configuration.</summary>
    public static ExitCode Report(LoadedConfig config, Terminal terminal)
    {
        foreach (var problem in config.Problems) terminal.Error.WriteLine(config.Redactor.Scrub(problem.ToString()));
        terminal.Error.WriteLine(config.Problems.Count == 1 ? "1 problem; `k2i help config` lists every key" : $"{config.Problems.Count} problems; `k2i help config` lists every key");
        return ExitCode.Invalid;
    }
}
