namespace K2I.Decode;

/// <summary>
/// A schema that another one refers to, by the name that it does so: a full name in Avro, a path to import, a <c>$ref</c>.
/// </summary>
public readonly record struct SchemaReference(string Name, string Text);
