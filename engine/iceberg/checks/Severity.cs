namespace K2I.Iceberg;

/// <summary>How bad a <see cref="Finding"/> is.</summary>
public enum Severity
{
    /// <summary>Legal, but odd or costly.</summary>
    Warning,

    /// <summary>Against the format: readers may fail, or read wrong rows.</summary>
    Error,
}
