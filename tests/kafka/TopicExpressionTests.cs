using System.Text.RegularExpressions;

namespace K2I.Kafka.Tests;

public sealed class TopicExpressionTests
{
    [Theory]
    [InlineData("orders", "orders")]
    [InlineData(@"^shop\.(?<db>\w+)\.(?<entity>\w+)$", @"^shop\.([A-Za-z0-9_]+)\.([A-Za-z0-9_]+)$")]
    [InlineData(@"^a(?:b|c)\d{2,3}$", "^a(b|c)[0-9]{2,3}$")]
    [InlineData(@"^[\w.\-]+?-x$", "^[A-Za-z0-9_.-]+-x$")]
    [InlineData(@"^(?'t'.*)\-log", "^(.*)-log.*")]
    [InlineData(@"^[^_\d].*", "^[^_0-9].*")]
    public void WhatCanBeSaidInPosixIs(string text, string expected) => Assert.Equal(expected, TopicExpression.ForKafka(text));

    [Theory]
    [InlineData(@"^shop\.\W+x", @"^shop\..*", "shop.-x")]
    [InlineData(@"^shopp?\.[a-z-[aeiou]]+$", "^shop.*", "shop.xyz")]
    [InlineData(@"^(?i)shop\.x$", "^.*", "SHOP.x")]
    [InlineData(@"^a\W|b", "^.*", "b")]
    [InlineData(@"^ab*\W", "^a.*", "a-")]
    public void WhatCannotBecomesItsBeginning(string text, string expected, string topic)
    {
        Assert.Equal(expected, TopicExpression.ForKafka(text));
        Assert.Matches(text, topic);
        Assert.Matches(expected, topic);
    }

    [Fact]
    public void NoTopicIsTooFew()
    {
        string[] topics = ["shop.a.b", "shop-a", "Shop.a.b", "x1", "a", "shop.a1.b_2", "shop.ab.c-d", "_x", "12"];
        string[] expressions = [@"^shop\.\w+\.\w+", @"^[a-z]+[.-]\w", @"^\d+$", @"^(?<a>s|x).*?", @"^\S+$", @"^sho?p\.?", @"^[\w-]+$",
            @"^(?:shop|a)(\..*)?$", "^x|a", "^(a|s.*$)", @"^shop\."];
        foreach (var expression in expressions)
            foreach (var topic in topics.Where(t => Regex.IsMatch(t, expression)))
                Assert.True(Regex.Match(topic, TopicExpression.ForKafka(expression)).Length == topic.Length,
                    $"{expression} {TopicExpression.ForKafka(expression)} {topic}");
    }
}
