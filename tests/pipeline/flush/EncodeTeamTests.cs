using K2I.Base;

namespace K2I.Pipeline.Tests;

public class EncodeTeamTests
{
    [Fact]
    public void TheCallerDoesTheWorkAloneWhereNobodyComes()
    {
        var team = new EncodeTeam(helpers: 3, users: 1, SystemClock.Instance);
        List<int> members = [];
        team.Run(members.Add);
        Assert.Equal([0], members);
        Assert.Equal(4, team.Size);
    }

    [Fact]
    public void EveryMemberWorksOnceUnderANumberOfItsOwnAndIsWaitedFor()
    {
        var team = new EncodeTeam(helpers: 3, users: 2, SystemClock.Instance);
        var helpers = Enumerable.Range(1, 3).Select(i => new Thread(team.Help) { Name = $"encode {i}", IsBackground = true }).ToList();
        helpers.ForEach(h => h.Start());
        var helped = 0;
        var users = Enumerable.Range(0, 2).Select(_ => new Thread(() => Use(team, ref helped)) { IsBackground = true }).ToList();
        users.ForEach(u => u.Start());
        users.ForEach(u => Assert.True(u.Join(120_000)));
        Assert.True(helped > 0 || Environment.ProcessorCount < 2, "no helper ever came");
        helpers.ForEach(h => Assert.True(h.Join(60_000), "a helper outlived the last user"));

        static void Use(EncodeTeam team, ref int helped)
        {
            for (var round = 0; round < 2_000; round++)
            {
                var members = new int[team.Size];
                var left = 64;
                var ended = 0;
                var begun = 0;
                team.Run(number =>
                {
                    Interlocked.Increment(ref begun);
                    Interlocked.Increment(ref members[number]);
                    while (Interlocked.Decrement(ref left) >= 0) Thread.SpinWait(20);
                    Interlocked.Increment(ref ended);
                });
                Assert.Equal(begun, ended);
                Assert.Equal(1, members[0]);
                Assert.All(members, m => Assert.InRange(m, 0, 1));
                Assert.True(left < 0);
                Interlocked.Add(ref helped, begun - 1);
            }
            team.Leave();
        }
    }

    [Fact]
    public void HelpersThatNobodyUsesAnyMoreEndAtOnce()
    {
        var team = new EncodeTeam(helpers: 1, users: 1, SystemClock.Instance);
        team.Leave();
        team.Help();
    }
}
