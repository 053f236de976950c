using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace K2I.Base;

/// <summary>Assertions on the control plane, on in release. One that fails is a bug: the process stops, and no input may reach it.</summary>
public static class Check
{
    public static void That([DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string? text = null)
    {
        if (!condition) Fail(text);
    }

    /// <summary>For inner loops: checked in debug builds only.</summary>
    [Conditional("DEBUG")]
    public static void Debug([DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string? text = null)
    {
        if (!condition) Fail(text);
    }

    [DoesNotReturn]
    public static void Fail(string? text) => throw new InvalidOperationException($"broken invariant: {text}");
}
