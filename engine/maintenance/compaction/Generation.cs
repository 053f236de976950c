using System.Globalization;

namespace K2I.Maintenance;

/// <summary>
/// How often rows of a file were merged with others, kept in the file's name: that is what bounds how often it still happens.
/// </summary>
/// <remarks>
/// <code>
///   00001-g2-019abc….parquet     number in its job, generation, job
/// </code>
/// Files with other names, flushed or of other engines, are of generation 0. A name is no promise: the worst that a wrong one does is
/// that small files stay.
/// </remarks>
public static class Generation
{
    /// <summary>Files of this one are not merged any more.</summary>
    public const int Last = 3;

    /// <summary>Of the file at a location.</summary>
    public static int Of(string location)
    {
        var name = location.AsSpan(location.LastIndexOf('/') + 1);
        var dash = name.IndexOf('-');
        if (dash <= 0 || name[..dash].ContainsAnyExceptInRange('0', '9') || name.Length < dash + 4) return 0;
        var rest = name[(dash + 1)..];
        return rest[0] == 'g' && rest[1] is >= '0' and <= (char)('0' + Last) && rest[2] == '-' ? rest[1] - '0' : 0;
    }

    /// <summary>A name that says it.</summary>
    public static string NameOf(int number, int generation, Guid job) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:D5}-g{generation}-{job}.parquet");
}
