namespace K2I.Base;

/// <summary>What went wrong, named by what the caller can do about it.</summary>
public enum ErrorKind
{
    /// <summary>The input (config, record, file, request) is wrong; only its author can mend it.</summary>
    Invalid,

    /// <summary>A file or message that was written correctly once is damaged.</summary>
    Corrupt,

    /// <summary>The thing asked for does not exist.</summary>
    NotFound,

    /// <summary>The thing to be created exists already.</summary>
    AlreadyExists,

    /// <summary>Someone else changed it first: reload, check, try again.</summary>
    Conflict,

    /// <summary>A server, disk or network is away or busy: try again later.</summary>
    Unavailable,

    /// <summary>No room left (disk, memory budget): try again when there is.</summary>
    Full,

    /// <summary>Credentials are missing, wrong or lack a right.</summary>
    Denied,

    /// <summary>Valid, but not something this build can do.</summary>
    Unsupported,

    /// <summary>It is not known whether the operation took effect; neither repeat nor undo it before finding out.</summary>
    Unknown,

    /// <summary>Continuing would lose or damage data: stop.</summary>
    Fatal,
}
