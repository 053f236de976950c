using System.CommandLine;
using K2I.Cli.Bench;

namespace K2I.Cli.Commands;

/// <summary><c>k2i bench commit</c>: what an Iceberg commit costs as a table grows old.</summary>
internal static class CommitBenchCommand
{
    public static Command Create(Terminal terminal)
    {
        var directory = new Option<string>("--dir") { Description = "Where a warehouse is made and removed: the disk to measure", HelpName = "DIR", DefaultValueFactory = _ => Path.GetTempPath() };
        var version = new Option<int>("--format-version") { Description = "Of the table", DefaultValueFactory = _ => 2 };
        var commits = new Option<int>("--commits") { Description = "Commits measured at each age", DefaultValueFactory = _ => 120 };
        var retain = new Option<int>("--retain") { Description = "Snapshots kept, older ones expire; 0 keeps all", DefaultValueFactory = _ => 0 };
        var command = new Command("commit", "A commit of one file at snapshots 10, 1,000 and 10,000 of a table") { directory, version, commits, retain };
        command.SetAction(arguments =>
        {
            new CommitBench(arguments.GetValue(directory)!, arguments.GetValue(version), Math.Max(10, arguments.GetValue(commits)), Math.Max(0, arguments.GetValue(retain)), terminal).Run();
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
