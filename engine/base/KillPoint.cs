using System.Globalization;
using System.Runtime.InteropServices;

namespace K2I.Base;

/// <summary>
/// Named instants at which crash tests end the process as <c>kill -9</c> would: <c>K2I_KILL_AT=name</c> or <c>name:n</c> for the n-th time it is passed.
/// Without that variable a pass costs one test of a constant.
/// </summary>
public static partial class KillPoint
{
    private const int SigKill = 9;

    private static readonly string? Setting = Environment.GetEnvironmentVariable("K2I_KILL_AT");
    private static int passed;

    /// <summary>Execution is at the point called <paramref name="name"/>.</summary>
    public static void Hit(string name)
    {
        if (Setting is { Length: > 0 }) Count(name);
    }

    private static void Count(string name)
    {
        var colon = Setting!.LastIndexOf(':');
        var wanted = colon < 0 ? Setting : Setting[..colon];
        var pass = colon < 0 ? 1 : int.Parse(Setting.AsSpan(colon + 1), CultureInfo.InvariantCulture);
        if (name != wanted || Interlocked.Increment(ref passed) != pass) return;
        _ = kill(Environment.ProcessId, SigKill);
        Thread.Sleep(Timeout.Infinite);
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
