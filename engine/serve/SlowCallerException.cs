namespace K2I.Serve;

/// <summary>The caller has not read a part of an answer in time. The answer is cut off.</summary>
internal sealed class SlowCallerException() : Exception("the caller reads too slowly");
