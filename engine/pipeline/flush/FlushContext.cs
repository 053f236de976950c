using K2I.Base;

namespace K2I.Pipeline;

/// <summary>What flushes of all tables share.</summary>
internal sealed record FlushContext(EncodeSlots Slots, IClock Clock, IRandom Random, ILog Log);
