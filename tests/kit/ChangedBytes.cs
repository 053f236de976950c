namespace K2I.Kit;

/// <summary>Bytes that nobody meant, made of good ones: for tests of what readers do with them.</summary>
public static class ChangedBytes
{
    /// <summary>The good bytes with so many changes, each at one place.</summary>
    /// <param name="random">Decides all.</param>
    /// <param name="good">Stay as they are.</param>
    /// <param name="changes">How many.</param>
    /// <param name="resizing">
    /// How many of a hundred changes cut bytes out, put some in, or end the whole early; the others replace bytes.
    /// </param>
    /// <param name="foreign">What is put in begins somewhere in it; where it is empty, a piece of the bytes themselves is put in.</param>
    /// <param name="tail">A third of the changes are in so many last bytes; 0: all places are alike.</param>
    public static byte[] Of(Random random, ReadOnlySpan<byte> good, int changes, int resizing,
        ReadOnlySpan<byte> foreign = default, int tail = 0)
    {
        List<byte> bytes = [.. good];
        for (; changes > 0 && bytes.Count > 0; changes--)
        {
            var at = tail > 0 && random.Next(3) == 0 ? bytes.Count - 1 - random.Next(Math.Min(bytes.Count, tail))
                : random.Next(bytes.Count);
            if (random.Next(100) < resizing) Resize(random, bytes, at, foreign);
            else Replace(random, bytes, at);
        }
        return [.. bytes];
    }

    private static void Resize(Random random, List<byte> bytes, int at, ReadOnlySpan<byte> foreign)
    {
        switch (random.Next(3))
        {
            case 0:
                bytes.RemoveRange(at, random.Next(Math.Min(20, bytes.Count - at)) + 1);
                break;
            case 1:
                bytes.InsertRange(at, foreign.IsEmpty ? bytes.GetRange(at, random.Next(Math.Min(24, bytes.Count - at)) + 1)
                    : foreign[random.Next(foreign.Length)..].ToArray());
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }

    private static void Replace(Random random, List<byte> bytes, int at)
    {
        switch (random.Next(5))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes[at] = random.Next(2) == 0 ? (byte)0xFF : (byte)0;
                break;
            case 3:
                bytes[at] += random.Next(2) == 0 ? (byte)1 : (byte)0xFF;
                break;
            default:
                var piece = bytes.GetRange(at, Math.Min(random.Next(1, 30), bytes.Count - at));
                var to = random.Next(bytes.Count - piece.Count + 1);
                for (var i = 0; i < piece.Count; i++) bytes[to + i] = piece[i];
                break;
        }
    }
}
