using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Appends its part of a row's <see cref="OrderKey"/>.</summary>
internal interface IKeyPart
{
    void Append(Batch batch, Ordinal row, KeyBytes key);
}
