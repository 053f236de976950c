namespace K2I.Decode;

/// <summary>Which columns the fields of keys have that have fields.</summary>
public enum KeyShape
{
    /// <summary>Each its own, <c>key_NAME</c>.</summary>
    Flat,

    /// <summary>One struct, <c>key</c>.</summary>
    Struct,

    /// <summary>None.</summary>
    None,
}
