using System.CommandLine;
using System.Runtime.InteropServices;

namespace K2I.Cli.Commands;

/// <summary><c>k2i version</c>: what this binary is and what is linked into it.</summary>
internal static class VersionCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new Command("version", "Print the version") { json };
        command.SetAction(arguments =>
        {
            if (arguments.GetValue(json)) PrintJson(terminal);
            else terminal.Out.WriteLine($"k2i {Build.Version}{(Build.Revision is { } revision ? $" ({revision})" : "")}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static void PrintJson(Terminal terminal) => JsonOut.Print(terminal.Out, json =>
    {
        json.WriteStartObject();
        json.WriteString("version", Build.Version);
        json.WriteString("revision", Build.Revision);
        json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
        json.WriteString("platform", RuntimeInformation.RuntimeIdentifier);
        json.WriteEndObject();
    });
}
