using System.Globalization;
using K2I.Base;

namespace K2I.Cli;

/// <summary>
/// How far something is, on standard error: on a terminal one line that is written over, elsewhere a line now and then. One thread.
/// </summary>
internal sealed class ProgressLine(Terminal terminal, IClock clock, string what, bool quiet) : IDisposable
{
    private const int BarCells = 30;
    private const long ShowEveryMs = 100, TellEveryMs = 30_000;

    private long lastMs = clock.MonotonicMs;
    private bool shown;

    private bool OnTerminal => terminal.Width is not null && !quiet;

    public void Show(double progress)
    {
        var now = clock.MonotonicMs;
        if (now - lastMs < (OnTerminal ? ShowEveryMs : TellEveryMs)) return;
        lastMs = now;
        var percent = string.Create(CultureInfo.InvariantCulture, $"{(int)(progress * 100)} %");
        if (!OnTerminal)
        {
            terminal.Error.WriteLine($"{what}: {percent}");
            return;
        }
        var full = (int)(progress * BarCells);
        var line = $"{what} [{new string('#', full)}{new string(' ', BarCells - full)}] {percent}";
        terminal.Error.Write($"\r{line[..Math.Min(line.Length, Math.Max(1, terminal.Width!.Value - 1))]}");
        shown = true;
    }

    /// <summary>Leaves the line empty, for what comes next.</summary>
    public void Dispose()
    {
        if (shown) terminal.Error.Write($"\r{new string(' ', Math.Max(1, terminal.Width!.Value - 1))}\r");
    }
}
