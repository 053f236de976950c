namespace K2I.Pipeline;

/// <summary>The decision over a flush that was cut short, as a table. What is not looked at in a row may be anything.</summary>
/// <remarks>
/// <code>
///   CommitStarted   another topic id   in the table   files as logged   fate
/// a no              –                  –              –                 FlushAgain
/// b yes             yes                –              –                 Forget
/// c yes             no                 yes            –                 Landed
/// d yes             no                 no             yes               Commit
/// e yes             no                 no             no                FlushAnew
/// </code>
/// </remarks>
internal static class HalfDoneTable
{
    /// <summary>Looks at the facts from left to right, and at none that does not matter: files are read whole.</summary>
    internal static HalfDoneFate Decide(bool commitStarted, Func<bool> isOfAnotherTopic, Func<bool> isInTable, Func<bool> filesAreAsLogged) =>
        !commitStarted ? HalfDoneFate.FlushAgain
        : isOfAnotherTopic() ? HalfDoneFate.Forget
        : isInTable() ? HalfDoneFate.Landed
        : filesAreAsLogged() ? HalfDoneFate.Commit
        : HalfDoneFate.FlushAnew;
}
