using K2I.Iceberg;

namespace K2I.Cli.Rows;

/// <summary>Prints rows of a scan in some form.</summary>
internal interface IRowOutput : IDisposable
{
    /// <summary>Prints the first <paramref name="count"/> rows of a batch.</summary>
    void Write(ScanBatch rows, int count);

    /// <summary>Prints what comes after the last row.</summary>
    void Finish();
}
