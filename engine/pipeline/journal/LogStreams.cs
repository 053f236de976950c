using System.IO.Hashing;
using System.Text;

namespace K2I.Pipeline;

/// <summary>
/// Streams of a log: each table has one, known by its name alone, so that every lane, now and after a restart, calls it the same.
/// </summary>
internal static class LogStreams
{
    /// <summary>XXH3 of the name. Two names of one process that meet are refused where tables are made.</summary>
    internal static ulong IdOf(string table) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(table));
}
