namespace K2I.Decode;

/// <summary>What readers are made by.</summary>
internal sealed record AvroPairing(ColumnMatch Match, PlanOptions Options);
