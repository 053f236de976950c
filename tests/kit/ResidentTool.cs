using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace K2I.Kit;

/// <summary>
/// A program that takes commands one after another: a JSON array of words a line, and after what it prints for each a line
/// <c>{"exit":N}</c>. It is started with the first command, and ends with this or with this process. A program that is long in starting
/// is asked a hundred things in the time of ten.
/// </summary>
/// <param name="program">What is started.</param>
/// <param name="arguments">With which words.</param>
public sealed class ResidentTool(string program, params string[] arguments) : IDisposable
{
    private const string End = "{\"exit\":";
    private const int LeaveMs = 20_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private readonly StringBuilder errors = new();
    private Process? process;
    private BlockingCollection<string> lines = [];

    /// <summary>
    /// Runs one command; one that takes longer than five minutes ends the program, with a <see cref="TimeoutException"/>.
    /// </summary>
    public ToolResult Run(params string[] command)
    {
        lock (gate)
        {
            var running = Running();
            lock (errors) errors.Clear();
            running.StandardInput.WriteLine(JsonSerializer.Serialize(command));
            running.StandardInput.Flush();
            var output = new StringBuilder();
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                foreach (var line in lines.GetConsumingEnumerable(patience.Token))
                {
                    if (line.StartsWith(End, StringComparison.Ordinal)) return Ended(line, output.ToString());
                    output.Append(line).Append('\n');
                }
            }
            catch (OperationCanceledException)
            {
                running.Kill(entireProcessTree: true);
                process = null;
                throw new TimeoutException($"{string.Join(' ', command)} did not end in {Patience.TotalMinutes} minutes: {Errors()}");
            }
            process = null;
            throw new InvalidOperationException($"{program} ended with {string.Join(' ', command)}: {output}{Errors()}");
        }
    }

    /// <summary>Ends the program; a further command would start it again.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (process is not { } running) return;
            process = null;
            running.StandardInput.Close();
            if (!running.WaitForExit(LeaveMs)) running.Kill(entireProcessTree: true);
            running.Dispose();
        }
    }

    private ToolResult Ended(string line, string output)
    {
        var exit = int.Parse(line.AsSpan(End.Length).TrimEnd('}'));
        // What it says of an error comes by another pipe, and may come a little later.
        if (exit != 0) SpinWait.SpinUntil(() => Errors().Length > 0, TimeSpan.FromMilliseconds(200));
        return new ToolResult(exit, output, Errors());
    }

    private string Errors()
    {
        lock (errors) return errors.ToString();
    }

    private Process Running()
    {
        if (process is not null) return process;
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var (started, printed) = (Process.Start(start)!, new BlockingCollection<string>());
        started.OutputDataReceived += (_, e) =>
        {
            if (e.Data is { } line) printed.Add(line);
            else printed.CompleteAdding();
        };
        started.ErrorDataReceived += (_, e) =>
        {
            lock (errors) errors.AppendLine(e.Data);
        };
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        (process, lines) = (started, printed);
        return started;
    }
}
