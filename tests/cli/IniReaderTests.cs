using K2I.Cli.Config;

namespace K2I.Cli.Tests;

public sealed class IniReaderTests
{
    [Theory]
    [InlineData("key = value", "value")]
    [InlineData("key=value", "value")]
    [InlineData("  key\t=\tvalue\t", "value")]
    [InlineData("key = a b  c", "a b  c")]
    [InlineData("key = a=b", "a=b")]
    [InlineData("key = value ; comment", "value")]
    [InlineData("key = value\t# comment", "value")]
    [InlineData("key = a;b#c", "a;b#c")]
    [InlineData("key = ; comment", "")]
    [InlineData("key =", "")]
    [InlineData("key = a\"b", "a\"b")]
    [InlineData("key = \"a ; b\" ; c", "a ; b")]
    [InlineData("key = \"\"", "")]
    [InlineData("key = \"a\\\"b\\\\c\\n\\t\\r\"", "a\"b\\c\n\t\r")]
    [InlineData("key = ' a \" \\n ; '", " a \" \\n ; ")]
    [InlineData("key = ''", "")]
    [InlineData("key = \"\"\"\n  one\n  two ; no comment\n\"\"\"", "  one\n  two ; no comment")]
    [InlineData("key = \"\"\"one\r\ntwo\"\"\" ; comment", "one\ntwo")]
    [InlineData("key = \"\"\"\"\"\"", "")]
    [InlineData("key = täble 🦉", "täble 🦉")]
    public void ReadsValues(string line, string value)
    {
        var problems = new Problems();
        var section = Assert.Single(IniReader.Read("[s]\n" + line + "\nlast = 1\n", "f", problems));
        Assert.Empty(problems.InOrder);
        Assert.Equal(["key", "last"], section.Entries.Select(e => e.Key));
        Assert.Equal(value, section.Entries[0].Value);
    }

    [Fact]
    public void KnowsWhereEverythingStands()
    {
        var sections = IniReader.Read("# head\n\n [a] ; x\n  k1 = v1\nk2 = \"v2\"\nk3 = \"\"\"\n v3\n\"\"\"\n[b.c-d_e]\r\nk4='v4'\r\n", "f", new Problems());
        Assert.Equal(["a", "b.c-d_e"], sections.Select(s => s.Name));
        Assert.Equal([new Place("f", 3, 2), new Place("f", 9, 1)], sections.Select(s => s.Place));
        var entries = sections.SelectMany(s => s.Entries).ToList();
        Assert.Equal([(4, 3), (5, 1), (6, 1), (10, 1)], entries.Select(e => (e.KeyPlace.Line, e.KeyPlace.Column)));
        Assert.Equal([(4, 8), (5, 7), (7, 1), (10, 5)], entries.Select(e => (e.ValuePlace.Line, e.ValuePlace.Column)));
    }

    [Theory]
    [InlineData("[s]\nsome words", "f:2:1: expected 'key = value' or '[section]', found a line without '='")]
    [InlineData("[s]\n = v", "f:2:2: expected a key before '='")]
    [InlineData("[s]\nk y = v", "f:2:1: expected a key of letters, digits, '_', '-' and '.'")]
    [InlineData("k = v", "f:1:1: expected a [section] before the first key, found 'k'")]
    [InlineData("[s", "f:1:1: expected ']' at the end of the section's name")]
    [InlineData("[]", "f:1:2: expected a section name of letters, digits, '_', '-' and '.'")]
    [InlineData("[a b]", "f:1:2: expected a section name of letters, digits, '_', '-' and '.'")]
    [InlineData("[s] k = v", "f:1:4: expected the end of the line after ']'")]
    [InlineData("[s]\nk = \"v", "f:2:5: expected a closing \"")]
    [InlineData("[s]\nk = 'v", "f:2:5: expected a closing '")]
    [InlineData("[s]\nk = \"v\" w", "f:2:8: expected the end of the line or a comment after the closing quote")]
    [InlineData("[s]\nk = 'v'w", "f:2:8: expected the end of the line or a comment after the closing quote")]
    [InlineData("[s]\nk = \"a\\x\"", "f:2:7: expected one of the escapes \\\" \\\\ \\n \\r \\t; in '…' a backslash stands for itself")]
    [InlineData("[s]\nk = \"\"\"\nv", "f:2:5: expected a closing \"\"\"")]
    [InlineData("[s]\nk = \"\"\"\nv\n\"\"\" w", "f:4:4: expected the end of the line after \"\"\"")]
    [InlineData("[s]\nk = a\u0001b", "f:2:6: expected text, found a control character")]
    [InlineData("[s]\nk = a\rb", "f:2:6: expected text, found a control character")]
    [InlineData("[s]\nk = \"\"\"\na\u001bb\n\"\"\"", "f:2:5: expected text, found a control character inside \"\"\"")]
    [InlineData("[s]\nk = 1\nk = 2", "f:3:1: repeated key 'k' in [s]: it stands in line 2 already")]
    [InlineData("[s]\n[t]\n[s]", "f:3:1: repeated section [s]: it stands in line 1 already; put its keys there")]
    public void NamesWhatIsWrongAndWhere(string text, string message)
    {
        var problems = new Problems();
        IniReader.Read(text, "f", problems);
        Assert.Equal(message, Assert.Single(problems.InOrder).ToString());
    }

    [Fact]
    public void GoesOnAfterABadLine()
    {
        var problems = new Problems();
        var sections = IniReader.Read("[s]\nbad\nk = 1\n[x\nlost = 1\n[t]\nk = 'open\nl = 2\n", "f", problems);
        Assert.Equal([2, 4, 7], problems.InOrder.Select(p => p.Place.Line));
        Assert.Equal(["s.k=1", "t.l=2"], sections.SelectMany(s => s.Entries.Select(e => $"{s.Name}.{e.Key}={e.Value}")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhatIsWrittenIsReadBack(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var expected = new List<string>();
            var text = "";
            for (var s = 0; s < random.Next(1, 4); s++)
            {
                text += $"[s{s}]{(random.Next(2) == 0 ? " ; c" : "")}\n";
                for (var k = 0; k < random.Next(5); k++)
                {
                    var value = Value(random);
                    var written = IniText.Literal(value);
                    text += $"{Blanks(random)}k{k}{Blanks(random)}={Blanks(random)}{written}{(random.Next(3) == 0 ? "  # c" : Blanks(random))}\n";
                    if (random.Next(4) == 0) text += "; comment\n\n";
                    expected.Add($"s{s}.k{k}={value}");
                }
            }
            var problems = new Problems();
            var expander = new Expander(new Dictionary<string, string>(), new Redactor());
            var actual = IniReader.Read(text, "f", problems).SelectMany(s => s.Entries.Select(e => $"{s.Name}.{e.Key}={expander.Expand(e.Value, out _)}")).ToList();
            Assert.Empty(problems.InOrder);
            Assert.Equal(expected, actual);
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void NoTextBreaksTheReader(int seed)
    {
        const string alphabet = "[]=;#\"'\\\n\n\r\t ${}ab.k-_\u0001é🦉";
        var random = new Random(seed);
        for (var round = 0; round < 3_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(80)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            var problems = new Problems();
            var sections = IniReader.Read(text, "f", problems);
            var lines = text.Split('\n');
            foreach (var place in problems.InOrder.Select(p => p.Place).Concat(sections.SelectMany(s => s.Entries.Select(e => e.KeyPlace))))
            {
                Assert.InRange(place.Line, 1, lines.Length);
                Assert.InRange(place.Column, 1, lines[place.Line - 1].Length + 1);
            }
        }
    }

    private static string Blanks(Random random) => new(random.Next(2) == 0 ? ' ' : '\t', random.Next(3));

    private static string Value(Random random)
    {
        const string alphabet = "abc =;#\"'\\$${}[],.\t\n\réß🦉";
        return string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => char.ToString(alphabet[random.Next(alphabet.Length)]))).Replace("\ud83e", "", StringComparison.Ordinal).Replace("\udd89", "", StringComparison.Ordinal) + "x";
    }
}
