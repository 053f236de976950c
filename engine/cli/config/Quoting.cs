namespace K2I.Cli.Config;

/// <summary>How a value was written, which decides what happens to <c>${…}</c> and how positions inside it map to the file.</summary>
internal enum Quoting
{
    /// <summary><c>key = value</c>, up to a comment; also values from options.</summary>
    Bare,

    /// <summary><c>"…"</c> with escapes.</summary>
    Double,

    /// <summary><c>'…'</c>, taken as it stands; also values from environment variables.</summary>
    Single,

    /// <summary><c>"""…"""</c> over several lines.</summary>
    Block,
}
