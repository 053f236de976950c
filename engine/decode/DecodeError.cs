using System.Globalization;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>Why a record was refused. Free to make; texts are built when asked for.</summary>
public readonly struct DecodeError
{
    private readonly DecodeNode? node;

    internal DecodeError(DecodeStatus status, int position, DecodeNode? node)
    {
        Status = status;
        Position = position;
        this.node = node;
    }

    public DecodeStatus Status { get; }

    /// <summary>Byte of the record's value (raw: of the key or value named by <see cref="Path"/>) at which it was noticed.</summary>
    public int Position { get; }

    /// <summary>The field concerned; null where it is the record as a whole.</summary>
    public Field? Field => node?.Field;

    /// <summary>Dotted path of the field concerned, for an unknown field that of the struct it stands in; empty for the record itself.</summary>
    public string Path => node?.Path() ?? "";

    /// <summary>One line for a person: <c>amount: overflow at byte 17 (decimal(10, 2))</c>.</summary>
    public override string ToString()
    {
        var path = Path;
        var what = Status switch
        {
            DecodeStatus.Ok => "ok",
            DecodeStatus.Tombstone => "no value (tombstone)",
            DecodeStatus.InvalidJson => "invalid JSON",
            DecodeStatus.InvalidUtf8 => "invalid UTF-8",
            DecodeStatus.TypeMismatch => "value of another type",
            DecodeStatus.InvalidValue => "text that is no such value",
            DecodeStatus.Inexact => "more digits after the point than the column keeps",
            DecodeStatus.Overflow => "out of range",
            DecodeStatus.MissingRequired => "required value missing",
            DecodeStatus.UnknownField => "unknown field",
            DecodeStatus.NewField => "new field",
            DecodeStatus.DuplicateKey => "key occurs twice",
            DecodeStatus.TooDeep => "nested too deeply",
            DecodeStatus.TooLarge => "record too large",
            _ => "too many fields",
        };
        return string.Create(CultureInfo.InvariantCulture,
            $"{(path.Length == 0 ? "" : path + ": ")}{what} at byte {Position}{(Field is { } field ? $" ({field.Type})" : "")}");
    }
}
