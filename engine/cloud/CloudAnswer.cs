using System.Globalization;

namespace K2I.Cloud;

/// <summary>An answer of a store, read to its end.</summary>
/// <param name="Body">Of an answer with bytes for the caller: empty, they are where the caller wanted them.</param>
/// <param name="Length">Bytes of the body; of a HEAD those of the object.</param>
internal sealed record CloudAnswer(int Status, byte[] Body, long Length)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>An earlier sending of the same request may have taken effect: this answer may speak of that.</summary>
    public bool AfterDoubt { get; init; }

    /// <summary>Code and message of an error; empty where the body names none.</summary>
    public (string Code, string Message) Error { get; init; } = ("", "");

    /// <summary>The length of the object that the bytes are of: <c>bytes 0-9/100</c>, <c>bytes */100</c>.</summary>
    public long? WholeLength => Header("Content-Range") is { } range && range.LastIndexOf('/') is > 0 and var slash
        && long.TryParse(range.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
