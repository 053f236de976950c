namespace K2I.Pipeline;

/// <summary>A table property whose value is of no use to K2I, so that it is passed over.</summary>
/// <param name="Expected">The values of use, for people.</param>
/// <param name="Instead">What is taken instead, for people.</param>
internal sealed record UnusableProperty(string Key, string Value, string Expected, string Instead);
