namespace K2I.Pipeline.Tests;

public sealed class HalfDoneTableTests
{
    public static TheoryData<bool, bool, bool, bool> Every
    {
        get
        {
            var all = new TheoryData<bool, bool, bool, bool>();
            for (var i = 0; i < 16; i++) all.Add((i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 8) != 0);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void EveryCaseHasItsFate(bool commitStarted, bool otherTopic, bool inTable, bool filesAreThere)
    {
        var expected = (commitStarted, otherTopic, inTable, filesAreThere) switch
        {
            (false, _, _, _) => HalfDoneFate.FlushAgain,
            (_, true, _, _) => HalfDoneFate.Forget,
            (_, _, true, _) => HalfDoneFate.Landed,
            (_, _, _, true) => HalfDoneFate.Commit,
            _ => HalfDoneFate.FlushAnew,
        };
        Assert.Equal(expected, HalfDoneTable.Decide(commitStarted, () => otherTopic, () => inTable, () => filesAreThere));
    }

    [Fact]
    public void FilesAreReadOnlyWhereTheyDecide() =>
        Assert.Equal(HalfDoneFate.Landed, HalfDoneTable.Decide(true, () => false, () => true, () => throw new InvalidOperationException("read")));
}
