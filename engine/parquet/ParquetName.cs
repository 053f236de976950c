using System.Globalization;
using System.Text;

namespace K2I.Parquet;

/// <summary>Field names as Iceberg's writers put them into files: what Avro would not allow in a name is replaced. Readers match by field id.</summary>
internal static class ParquetName
{
    internal static string Of(string name)
    {
        if (name.Length > 0 && IsFirst(name[0]) && name.All(IsOther)) return name;
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (i == 0 ? IsFirst(c) : IsOther(c)) text.Append(c);
            else if (char.IsAsciiDigit(c)) text.Append('_').Append(c);
            else text.Append(CultureInfo.InvariantCulture, $"_x{(int)c:X}");
        }
        return text.Length == 0 ? "_" : text.ToString();
    }

    private static bool IsFirst(char c) => char.IsAsciiLetter(c) || c == '_';

    private static bool IsOther(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
