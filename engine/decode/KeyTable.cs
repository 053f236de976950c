using System.Numerics;
using System.Runtime.CompilerServices;

namespace K2I.Decode;

/// <summary>
/// A struct's members by name: open addressing at no more than half full, names verified. Names that differ in the case of letters
/// A to Z alone share their hash, so that one walk finds both. Immutable.
/// </summary>
internal sealed class KeyTable
{
    private const int LongName = 63;

    private readonly JsonNode?[] slots;

    /// <summary>A bit for each length that a name has, the last for longer ones: most names of no member end here.</summary>
    private readonly ulong lengths;

    internal KeyTable(JsonNode[] members)
    {
        slots = new JsonNode?[BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, members.Length * 2))];
        foreach (var member in members)
        {
            lengths |= LengthBit(member.Name);
            var at = Hash(member.Name);
            while (slots[at & (uint)(slots.Length - 1)] is not null) at++;
            slots[at & (uint)(slots.Length - 1)] = member;
        }
    }

    /// <summary>
    /// The member of that name, or null; then <paramref name="variant"/> is the only one that differs from it in case alone, if there is
    /// one.
    /// </summary>
    internal JsonNode? Find(ReadOnlySpan<byte> name, out JsonNode? variant)
    {
        variant = null;
        if ((lengths & LengthBit(name)) == 0) return null;
        var variants = 0;
        for (var at = Hash(name); ; at++)
        {
            var member = slots[at & (uint)(slots.Length - 1)];
            if (member is null) break;
            if (name.SequenceEqual(member.Name))
            {
                variant = null;
                return member;
            }
            if (NameCase.Equals(name, member.Name)) variant = ++variants == 1 ? member : null;
        }
        return null;
    }

    private static ulong LengthBit(ReadOnlySpan<byte> name) => 1UL << Math.Min(name.Length, LongName);

    /// <summary>Length, first and last eight bytes, mixed: the names of one struct rarely agree in all three.</summary>
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        const ulong toLower = 0x2020202020202020;
        ulong head = 0, tail = 0;
        if (name.Length >= 8)
        {
            head = Unsafe.ReadUnaligned<ulong>(in name[0]) | toLower;
            tail = Unsafe.ReadUnaligned<ulong>(in name[^8]) | toLower;
        }
        else
        {
            foreach (var c in name) head = (head << 8) | c;
            head |= toLower;
        }
        var mixed = (head ^ BitOperations.RotateLeft(tail, 29) ^ (ulong)name.Length) * 0x9E3779B97F4A7C15;
        return (uint)(mixed >> 32);
    }
}
