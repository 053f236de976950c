namespace K2I.Columns;

/// <summary>Keys (required) to values; entries keep their order. The fields are named <c>key</c> and <c>value</c>.</summary>
public sealed record MapType(Field Key, Field Value) : DataType(TypeKind.Map)
{
    public static MapType Of(int keyId, DataType key, int valueId, DataType value, bool valueRequired = false) =>
        new(new Field(keyId, "key", key, true), new Field(valueId, "value", value, valueRequired));

    public override string ToString() => $"map<{Key.Type}, {Value.Type}>";
}
