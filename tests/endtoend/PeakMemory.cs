using System.Globalization;
using System.Text.RegularExpressions;

namespace K2I.EndToEnd.Tests;

/// <summary>
/// The most memory that a process had resident, against what its configuration allows: its budgets, and 64 MiB for everything else.
/// </summary>
internal sealed partial class PeakMemory
{
    private const long Else = 64L << 20;
    private readonly long allowed;
    private long peak;

    private PeakMemory(long allowed) => this.allowed = allowed;

    /// <summary>
    /// By the text of <c>k2i.ini</c>: the memory of rows, that of key indexes where a table has a key, that of parts on their way to S3.
    /// </summary>
    public static PeakMemory By(string config)
    {
        var keys = Key().IsMatch(config) ? Bytes(config, "index_memory", 64) : 0;
        var parts = config.Contains("[s3]", StringComparison.Ordinal) ? Bytes(config, "upload_memory", 32) : 0;
        return new(Bytes(config, "memory", 512) + keys + parts + Else);
    }

    /// <summary>Looks at the peak so far; false if the process has no memory any more.</summary>
    public bool Look(int process)
    {
        try
        {
            if (Peak().Match(File.ReadAllText($"/proc/{process}/status")) is not { Success: true } found) return false;
            peak = long.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) << 10;
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Assert()
    {
        Xunit.Assert.True(peak <= allowed,
            $"{peak >> 20} MiB were resident, {allowed >> 20} MiB are what its budgets and {Else >> 20} MiB allow");
    }

    private static long Bytes(string config, string key, long otherwise) =>
        (Regex.Match(config, $@"^\s*{key}\s*=\s*(\d+)MiB", RegexOptions.Multiline) is { Success: true } found
            ? long.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture)
            : otherwise) << 20;

    [GeneratedRegex(@"VmHWM:\s+(\d+) kB")]
    private static partial Regex Peak();

    [GeneratedRegex(@"^\s*key\s*=", RegexOptions.Multiline)]
    private static partial Regex Key();
}
