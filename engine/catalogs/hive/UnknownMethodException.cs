using K2I.Base;

namespace K2I.Catalogs.Hive;

/// <summary>The metastore does not have the call: it is older or newer than what has it.</summary>
internal sealed class UnknownMethodException(string message) : EngineException(ErrorKind.Unsupported, message);
