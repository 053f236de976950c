using System.Globalization;
using System.Text;
using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>Finds a table's metadata file in its folder, where there is no catalog to ask.</summary>
/// <remarks>
/// Files are named <c>vN.metadata.json</c> by catalogs of folders and <c>NNNNN-UUID.metadata.json</c> by all others, either compressed
/// too. Where a
/// catalog has the table, only that catalog knows which of them counts: a writer that lost leaves one behind.
/// </remarks>
public static class NewestMetadata
{
    private const string Folder = "metadata", Suffix = ".metadata.json";

    /// <summary>The metadata file at a place: the file itself, or the newest of a table's folder or of its metadata folder.</summary>
    /// <exception cref="EngineException">NotFound: there is none. Invalid: several are the newest, and no hint says which
    /// counts.</exception>
    public static string Find(IObjectStore store, string place)
    {
        if (store.Exists(place)) return place;
        var folder = Location.NameOf(place) == Folder ? place : Location.Join(place, Folder);
        var found = new List<string>();
        var highest = -1L;
        foreach (var file in store.List(folder + "/"))
        {
            var name = file.Location[(folder.Length + 1)..];
            if (NumberOf(name) is not { } number || number < highest) continue;
            if (number > highest) found.Clear();
            highest = number;
            found.Add(name);
        }
        found.Sort(StringComparer.Ordinal);
        return found.Count switch
        {
            0 => throw new EngineException(ErrorKind.NotFound, $"{place}: there is no such file, and no table's metadata in {folder}"),
            1 => $"{folder}/{found[0]}",
            _ when Hinted(store, folder, found) is { } hinted => $"{folder}/{hinted}",
            _ => throw new EngineException(ErrorKind.Invalid,
                $"{folder}: {string.Join(" and ", found)} are equally new; name the one that counts"),
        };
    }

    /// <summary>The folder of the table that a metadata file belongs to.</summary>
    public static string TableFolder(string metadataLocation)
    {
        var folder = FolderOf(metadataLocation);
        return Location.NameOf(folder) == Folder ? FolderOf(folder) : folder;
    }

    /// <summary>How many metadata files came before one, by its name; null for what is no metadata file.</summary>
    internal static long? NumberOf(string name)
    {
        if (FileCatalog.VersionOf(name) is { } version) return version;
        if (!name.EndsWith(Suffix, StringComparison.Ordinal) && !name.EndsWith(Suffix + ".gz", StringComparison.Ordinal)) return null;
        var dash = name.IndexOf('-', StringComparison.Ordinal);
        if (dash < 1 || name.Contains('/', StringComparison.Ordinal)) return null;
        return long.TryParse(name.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>The one that the hint names: <c>N</c> means <c>vN</c>, any other text is how the name begins.</summary>
    private static string? Hinted(IObjectStore store, string folder, List<string> names)
    {
        string hint;
        try
        {
            hint = Encoding.UTF8.GetString(store.Read($"{folder}/{FileCatalog.HintName}")).Trim();
        }
        catch (EngineException error) when (error.Kind is ErrorKind.NotFound or ErrorKind.Denied)
        {
            return null;
        }
        if (hint.Length == 0) return null;
        var stem = hint.All(char.IsAsciiDigit) ? "v" + hint : hint;
        var hinted = names.FindAll(n => n == stem || n.StartsWith(stem + ".", StringComparison.Ordinal));
        return hinted.Count == 1 ? hinted[0] : null;
    }

    private static string FolderOf(string location) => location.LastIndexOf('/') is > 0 and var at ? location[..at] : location;
}
