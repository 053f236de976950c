using System.Runtime.InteropServices;

namespace K2I.Decode;

/// <summary>
/// The names that the objects of one variant use, each once: numbered as they come, then ranked by their bytes. Texts lie in the
/// decoder's copy of the record. One thread; no allocation but to grow.
/// </summary>
internal sealed unsafe class VariantNames
{
    private const int EmptyVersion = 1, SortedVersion = 0x11;

    private readonly Comparison<Name> byBytes = static (a, b) => a.Text.SequenceCompareTo(b.Text);

    private Name[] names = new Name[16];
    private int[] ranks = new int[16];

    /// <summary>Open addressing: one more than the number of the name, or 0.</summary>
    private int[] slots = new int[64];
    private int count;
    private long textBytes;

    [StructLayout(LayoutKind.Auto)]
    private struct Name
    {
        internal byte* At;
        internal int Length, Number;
        internal uint Hash;

        internal readonly ReadOnlySpan<byte> Text => new(At, Length);
    }

    internal int Count => count;

    /// <summary>Bytes of an offset in the metadata.</summary>
    private int Width => VariantEncoder.BytesOf(Math.Max(count, textBytes));

    /// <summary>Bytes of the metadata.</summary>
    internal long Size => 1 + ((count + 2L) * Width) + textBytes;

    internal void Clear()
    {
        if (count > slots.Length / 8) Array.Clear(slots);
        else for (var i = 0; i < count; i++) Forget(names[i].Hash);
        count = 0;
        textBytes = 0;
    }

    /// <summary>The number of a name, the same for the same bytes.</summary>
    internal int Add(ReadOnlySpan<byte> text, byte* at)
    {
        var hash = KeySet.Hash(text);
        var slot = (int)hash & (slots.Length - 1);
        for (; slots[slot] != 0; slot = (slot + 1) & (slots.Length - 1))
        {
            ref var known = ref names[slots[slot] - 1];
            if (known.Hash == hash && known.Text.SequenceEqual(text)) return slots[slot] - 1;
        }
        if (count == names.Length) Array.Resize(ref names, count * 2);
        names[count] = new() { At = at, Length = text.Length, Number = count, Hash = hash };
        slots[slot] = ++count;
        textBytes += text.Length;
        if (count > slots.Length / 2) Rehash();
        return count - 1;
    }

    /// <summary>After the last name: orders them. <see cref="RankOf"/> is their id from now on.</summary>
    internal void Rank()
    {
        if (ranks.Length < count) ranks = new int[names.Length];
        for (var i = 1; i < count; i++)
        {
            if (names[i - 1].Text.SequenceCompareTo(names[i].Text) < 0) continue;
            names.AsSpan(0, count).Sort(byBytes);
            break;
        }
        for (var i = 0; i < count; i++) ranks[names[i].Number] = i;
    }

    internal int RankOf(int number) => ranks[number];

    /// <summary>Writes the metadata, into <see cref="Size"/> bytes.</summary>
    internal void Write(Span<byte> to)
    {
        var width = Width;
        to[0] = (byte)((count == 0 ? EmptyVersion : SortedVersion) | ((width - 1) << 6));
        VariantEncoder.Put(to[1..], count, width);
        var offset = 0;
        var text = to[(1 + ((count + 2) * width))..];
        for (var i = 0; i < count; i++)
        {
            VariantEncoder.Put(to[(1 + ((i + 1) * width))..], offset, width);
            names[i].Text.CopyTo(text[offset..]);
            offset += names[i].Length;
        }
        VariantEncoder.Put(to[(1 + ((count + 1) * width))..], offset, width);
    }

    /// <summary>All slots from the hash's own to the first free one: whatever is there is of this variant and goes, too.</summary>
    private void Forget(uint hash)
    {
        for (var slot = (int)hash & (slots.Length - 1); slots[slot] != 0; slot = (slot + 1) & (slots.Length - 1)) slots[slot] = 0;
    }

    private void Rehash()
    {
        slots = new int[slots.Length * 2];
        for (var i = 0; i < count; i++)
        {
            var slot = (int)names[i].Hash & (slots.Length - 1);
            while (slots[slot] != 0) slot = (slot + 1) & (slots.Length - 1);
            slots[slot] = i + 1;
        }
    }
}
