using System.CommandLine;
using System.Text;
using K2I.Cli.Config;

namespace K2I.Cli.Commands;

/// <summary><c>k2i init</c>: writes a commented starter file from a few answers, or a systemd unit. Never writes over a file.</summary>
internal static class InitCommand
{
    public static Command Create(Terminal terminal)
    {
        var brokers = new Option<string?>("--brokers") { Description = "Where Kafka is", HelpName = "host:port" };
        var topic = new Option<string?>("--topic") { Description = "Topics that feed the table, separated by commas", HelpName = "TOPIC" };
        var table = new Option<string?>("--table") { Description = "The table (default: named after the topic)", HelpName = "NAME" };
        var warehouse = new Option<string?>("--warehouse") { Description = "Where the tables live", HelpName = "DIR" };
        var output = new Option<string?>("--output", "-o") { Description = "The file to write (default: ./k2i.ini, a unit goes to standard output), - for standard output", HelpName = "FILE" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Ask nothing: take defaults for what is not given" };
        var systemd = new Option<bool>("--systemd") { Description = "Write a hardened systemd unit instead" };
        var command = new Command("init", "Write a starter configuration, or a systemd unit") { brokers, topic, table, warehouse, output, yes, systemd };
        command.SetAction(arguments =>
        {
            var target = arguments.GetValue(output);
            if (arguments.GetValue(systemd))
                return (int)Write(SystemdUnit.Render(Environment.ProcessPath ?? "/usr/local/bin/k2i", "/etc/k2i/k2i.ini"), target ?? "-", terminal, null);
            using var input = new StreamReader(terminal.In, Encoding.UTF8, leaveOpen: true);
            var questions = new Questions(terminal, input, ask: !arguments.GetValue(yes) && terminal.Interactive);
            var usual = new StarterAnswers();
            var topics = questions.Answer("--topic", "Kafka topic", arguments.GetValue(topic), usual.Topics, Flaws.Topics);
            var answers = new StarterAnswers
            {
                Topics = topics,
                Brokers = questions.Answer("--brokers", "Kafka brokers", arguments.GetValue(brokers), usual.Brokers, Flaws.Brokers),
                Table = questions.Answer("--table", "Table", arguments.GetValue(table), TableFor(topics), Flaws.Table),
                Warehouse = questions.Answer("--warehouse", "Warehouse directory", arguments.GetValue(warehouse), usual.Warehouse, Flaws.Warehouse),
            };
            if (questions.Failed) return (int)ExitCode.Invalid;
            return (int)Write(StarterFile.Render(answers), target ?? ConfigSources.DefaultPath, terminal, "`k2i validate --connect` checks it, `k2i ingest` runs it");
        });
        return command;
    }

    /// <summary>The topic's name made fit for a table.</summary>
    internal static string TableFor(string topics)
    {
        var name = new StringBuilder();
        foreach (var c in topics.Split(',')[0].Trim().ToLowerInvariant())
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)) name.Append(c);
            else if (c is '_' or '-' or '.' && name.Length > 0 && name[^1] != '_') name.Append('_');
        var table = name.ToString().Trim('_');
        return table.Length is > 0 and <= 128 ? table : "events";
    }

    private static ExitCode Write(string text, string path, Terminal terminal, string? next)
    {
        if (path == "-")
        {
            terminal.Out.Write(text);
            return ExitCode.Ok;
        }
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            file.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException) when (File.Exists(path))
        {
            terminal.Error.WriteLine($"k2i: {path} is there already; nothing was written");
            return ExitCode.Failed;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            terminal.Error.WriteLine($"k2i: {path} cannot be written: {error.Message}");
            return ExitCode.Failed;
        }
        terminal.Out.WriteLine(next is null ? $"{path} is written" : $"{path} is written; {next}");
        return ExitCode.Ok;
    }
}
