using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace K2I.Parquet;

/// <summary>What is wrong with the file's bytes. <see cref="ParquetReader"/> says where, and makes it an operating error.</summary>
internal sealed class Damage(string message) : Exception(message)
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Unless([DoesNotReturnIf(false)] bool condition, string message)
    {
        if (!condition) Throw(message);
    }

    [DoesNotReturn]
    internal static void Throw(string message) => throw new Damage(message);
}
