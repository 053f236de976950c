using K2I.Base;

namespace K2I.Pipeline.Tests;

public sealed class LoggedRunTests
{
    // The rows of the table at LoggedRun.Continues, for a run of 10 to 20.
    [Theory]
    [InlineData("a", "other", 15L, true, false)]
    [InlineData("b", "id", null, true, true)]
    [InlineData("b", null, null, true, true)]
    [InlineData("c", "id", null, false, false)]
    [InlineData("d", "id", 10L, false, true)]
    [InlineData("d", "id", 20L, true, true)]
    [InlineData("e", "id", 9L, true, false)]
    [InlineData("f", "id", 21L, true, false)]
    public void ReadingGoesOnBehindARunThatContinuesTheTable(string row, string? topicId, long? committed, bool begins, bool continues)
    {
        Offset? next = committed is { } at ? new(at) : null;
        Assert.Equal((row, continues), (row, new LoggedRun("id", new(10), new(20), default, begins).Continues(next, topicId)));
        if (topicId != "other") Assert.Equal(continues, new LoggedRun(null, new(10), new(20), default, begins).Continues(next, topicId));
    }
}
