namespace K2I.Decode;

/// <summary>What became of one record. Anything but <see cref="Ok"/> leaves an unfinished row: abandon it, and no neighbour is affected.</summary>
public enum DecodeStatus : byte
{
    /// <summary>Every column of the decoder has its value. The row may still not fit the batch: <c>EndRow</c> says so.</summary>
    Ok,

    /// <summary>The record has no value; nothing was appended.</summary>
    Tombstone,

    /// <summary>Not JSON as RFC 8259 defines it, or bytes follow the value.</summary>
    InvalidJson,

    /// <summary>Bytes that are not UTF-8, or an escape that stands for half a character.</summary>
    InvalidUtf8,

    /// <summary>A value of another kind than the column takes, such as an object for a long.</summary>
    TypeMismatch,

    /// <summary>A text that is not what the column holds: no date, no UUID, no base64.</summary>
    InvalidValue,

    /// <summary>A number with more digits after the point than the column keeps.</summary>
    Inexact,

    /// <summary>A number or time outside the column's range.</summary>
    Overflow,

    /// <summary>A required field is null or absent.</summary>
    MissingRequired,

    /// <summary>A field that the schema does not have, where the policy refuses it.</summary>
    UnknownField,

    /// <summary>
    /// The table's schema has no place for the record yet, and the policy makes one: change the schema, then decode the record again.
    /// </summary>
    NewField,

    /// <summary>A field or map key occurs twice in one object.</summary>
    DuplicateKey,

    /// <summary>Nested deeper than the cap.</summary>
    TooDeep,

    /// <summary>More bytes than the cap.</summary>
    TooLarge,

    /// <summary>An object with more members than the cap, or a record with more new ones than are looked at.</summary>
    TooManyFields,

    /// <summary>Bytes that are no value of the schema: they end too early, or say what cannot be.</summary>
    Malformed,

    /// <summary>The record does not name its schema in the form that is expected.</summary>
    InvalidFrame,

    /// <summary>There is no schema of the id that the record names.</summary>
    UnknownSchema,

    /// <summary>The schema is being fetched: offer the record again once it is there.</summary>
    SchemaPending,

    /// <summary>The record's schema says what no table can hold.</summary>
    UnusableSchema,

    /// <summary>Fields of the record's schema do not go into the columns of their names.</summary>
    Incompatible,

    /// <summary>The same, and the policy is that the table stands still until a person has looked.</summary>
    IncompatiblePause,
}
