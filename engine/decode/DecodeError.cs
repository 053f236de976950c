using System.Globalization;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>Why a record was refused, for a person. Made when asked for, as its texts cost something.</summary>
public readonly struct DecodeError
{
    private readonly DecodeNode? node;
    private readonly string? unknown;
    private readonly string? hint;

    /// <param name="unknown">The unknown field's name, fit to print; null for other errors.</param>
    /// <param name="hint">What is probably behind it; null if nothing is known.</param>
    internal DecodeError(DecodeStatus status, int position, DecodeNode? node, string? unknown = null, string? hint = null)
    {
        Status = status;
        Position = position;
        this.node = node;
        this.unknown = unknown;
        this.hint = hint;
    }

    public DecodeStatus Status { get; }

    /// <summary>Byte of the record's value (raw: of the key or value named by <see cref="Path"/>) at which it was noticed.</summary>
    public int Position { get; }

    /// <summary>The field concerned, for an unknown field the struct it stands in; null where it is the record as a whole.</summary>
    public Field? Field => node?.Field;

    /// <summary>Dotted path of the field concerned, fit to print: what is long is cut. Empty for the record itself.</summary>
    public string Path
    {
        get
        {
            var path = ShownName.Of(node?.Path() ?? "");
            return unknown is null ? path : path.Length == 0 ? unknown : path + "." + unknown;
        }
    }

    /// <summary>One line for a person: <c>amount: out of range at byte 17 (decimal(10, 2))</c>, and a hint where there is one.</summary>
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
            DecodeStatus.TooManyFields => "too many fields",
            DecodeStatus.Malformed => "no value of its schema",
            DecodeStatus.InvalidFrame => "no schema id",
            DecodeStatus.UnknownSchema => "unknown schema",
            DecodeStatus.SchemaPending => "schema not known yet",
            DecodeStatus.UnusableSchema => "its schema is none of a table",
            _ => "its schema does not go with the columns",
        };
        var type = unknown is null && Field is { } field ? $" ({field.Type})" : "";
        var where = path.Length == 0 ? "" : path + ": ";
        return string.Create(CultureInfo.InvariantCulture, $"{where}{what} at byte {Position}{type}{(hint is null ? "" : "; " + hint)}");
    }
}
