using System.Collections.Frozen;
using System.Text;

namespace K2I.Decode.Protobuf;

/// <summary>An enum's values by number. Where several names have one number, the first declared is it.</summary>
internal sealed class ProtoEnum
{
    private const int LowNumbers = 256;

    private readonly byte[]?[] low;
    private readonly FrozenDictionary<int, byte[]> names;

    internal ProtoEnum(string fullName, IEnumerable<(int Number, string Name)> values)
    {
        FullName = fullName;
        names = values.DistinctBy(v => v.Number).ToFrozenDictionary(v => v.Number, v => Encoding.UTF8.GetBytes(v.Name));
        low = new byte[]?[Math.Min(LowNumbers, names.Keys.Append(-1).Max() + 1L)];
        for (var i = 0; i < low.Length; i++) low[i] = names.GetValueOrDefault(i);
    }

    internal string FullName { get; }

    /// <summary>The name as UTF-8; null for a number that none of its values has.</summary>
    internal byte[]? NameOf(int number) => (uint)number < (uint)low.Length ? low[number] : names.GetValueOrDefault(number);
}
