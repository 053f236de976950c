using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace K2I.Columns.Tests;

public sealed class OrdinalTests
{
    [Fact]
    public void ItNamesARowByItsNumber()
    {
        Assert.Equal(new Ordinal(7), new Ordinal(7));
        Assert.NotEqual(new Ordinal(7), new Ordinal(8));
        Assert.Equal(("7", 7), ($"{new Ordinal(7)}", new Ordinal(7).Value));
    }

    /// <summary>Kernels read a span of them as numbers.</summary>
    [Fact]
    public void ASpanOfThemIsASpanOfNumbers()
    {
        Assert.Equal(sizeof(int), Unsafe.SizeOf<Ordinal>());
        Assert.Equal([3, 1, 2], MemoryMarshal.Cast<Ordinal, int>([new(3), new(1), new(2)]).ToArray());
    }
}
