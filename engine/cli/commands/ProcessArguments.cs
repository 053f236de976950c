using System.CommandLine;
using K2I.Cli.Running;

namespace K2I.Cli.Commands;

/// <summary>The options of every command that asks the running process: where it is, by name or by its configuration.</summary>
internal sealed class ProcessArguments
{
    private readonly Option<string?> url = new("--url")
    {
        Description = "Where the process listens: http://host:port, https://host:port or unix:/path"
            + $" (default: [http] of the configuration, else {ProcessAddress.Default}); its token is taken from K2I_HTTP_TOKEN",
        HelpName = "URL",
    };

    public ConfigArguments Config { get; } = new();

    public void AddTo(Command command)
    {
        command.Options.Add(url);
        Config.AddTo(command);
    }

    /// <summary>True where the process is named, whatever the configuration says.</summary>
    public bool IsNamed(ParseResult parsed) => parsed.GetValue(url) is not null;

    /// <summary>What <c>--url</c> names, or the default; null, and said, if it is no address.</summary>
    public ProcessAddress? Named(ParseResult parsed, Terminal terminal)
    {
        var text = parsed.GetValue(url) ?? ProcessAddress.Default;
        var address = ProcessAddress.Parse(text, terminal.Environment.GetValueOrDefault("K2I_HTTP_TOKEN"));
        if (address is null) terminal.Error.WriteLine($"k2i: --url: expected {ProcessAddress.Expected}, found '{text}'");
        return address;
    }
}
