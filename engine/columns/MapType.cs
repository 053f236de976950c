namespace K2I.Columns;

/// <summary>Keys (required) to values; entries keep their order. The fields are named <c>key</c> and <c>value</c>.</summary>
public sealed record MapType(Field Key, Field Value) : DataType(TypeKind.Map)
{
    public static MapType Of(int keyId, DataType key, int valueId, DataType value, bool valueRequired = false) =>
        new(new Field(keyId, "key", key, true), new Field(valueId, "value", value, valueRequired));

    /// <summary>A key and its value as one struct: what a map is a list of.</summary>
    public Field EntryField => new(0, "key_value", new StructType([Key, Value]), true);

    public override string ToString() => $"map<{Key.Type}, {Value.Type}>";
}
