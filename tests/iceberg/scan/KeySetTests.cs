using System.Buffers.Binary;

namespace K2I.Iceberg.Tests;

/// <summary>Keys of deletes in memory: each is found, none else is, and what they take is known.</summary>
public sealed class KeySetTests
{
    [Fact]
    public void WhatWasAddedIsThereAndNothingElse()
    {
        var random = new Random(7);
        var keys = new KeySet();
        var model = new HashSet<string>(StringComparer.Ordinal);
        for (var n = 0; n < 20_000; n++)
        {
            // Few lengths, and few values of the short ones, so that some come twice; now and then one larger than a block.
            var key = new byte[n % 5_000 == 0 ? 100_000 : random.Next(0, 4)];
            random.NextBytes(key);
            keys.Add(key);
            model.Add(Convert.ToHexString(key));
            Assert.Equal(model.Count, keys.Count);
        }
        foreach (var known in model) Assert.True(keys.Contains(Convert.FromHexString(known)));
        for (var n = 0; n < 20_000; n++)
        {
            var key = new byte[random.Next(0, 5)];
            random.NextBytes(key);
            Assert.Equal(model.Contains(Convert.ToHexString(key)), keys.Contains(key));
        }
    }

    [Fact]
    public void WhatTheyTakeIsCounted()
    {
        Span<byte> key = stackalloc byte[9];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var keys = new KeySet();
        for (var n = 0L; n < 100_000; n++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(key, n);
            keys.Add(key);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(100_000, keys.Count);
        // Arrays that grew by doubling were made twice over in all.
        Assert.InRange(keys.Bytes, allocated / 3, allocated);
        Assert.InRange(keys.Bytes, 100_000 * 33L, 100_000 * 64L);
    }
}
