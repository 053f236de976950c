using System.Globalization;
using System.Text;

namespace K2I.Serve.Tests;

/// <summary>A strict reader of the text exposition format 0.0.4: HELP, then TYPE, then the family's samples together; nothing else.</summary>
internal sealed class PrometheusText
{
    public Dictionary<string, string> Types { get; } = [];

    public Dictionary<string, string> Helps { get; } = [];

    public List<(string Name, SortedDictionary<string, string> Labels, double Value)> Samples { get; } = [];

    public static PrometheusText Parse(string text)
    {
        var result = new PrometheusText();
        Assert.EndsWith("\n", text);
        var family = "";
        var lines = text[..^1].Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                var parts = line[7..].Split(' ', 2);
                family = parts[0];
                AssertName(family);
                Assert.True(result.Helps.TryAdd(family, Unescape(parts[1], quotes: false)), $"family {family} stands twice");
                var type = lines[++i].Split(' ');
                Assert.Equal(["#", "TYPE", family], type[..3]);
                Assert.Contains(type[3], new[] { "counter", "gauge" });
                result.Types[family] = type[3];
                continue;
            }
            result.ReadSample(line, family);
        }
        var keys = result.Samples.Select(s => s.Name + string.Join(',', s.Labels.Select(l => l.Key + "=" + l.Value))).ToList();
        Assert.Equal(keys.Count, keys.Distinct().Count());
        return result;
    }

    private void ReadSample(string line, string family)
    {
        var at = 0;
        while (at < line.Length && line[at] is not ('{' or ' ')) at++;
        var name = line[..at];
        Assert.Equal(family, name);
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (line[at] == '{')
        {
            at++;
            while (true)
            {
                var equals = line.IndexOf('=', at);
                var label = line[at..equals];
                AssertName(label);
                Assert.DoesNotContain(':', label);
                Assert.Equal('"', line[equals + 1]);
                var end = equals + 2;
                while (line[end] != '"') end += line[end] == '\\' ? 2 : 1;
                labels.Add(label, Unescape(line[(equals + 2)..end], quotes: true));
                at = end + 2;
                if (line[end + 1] == '}') break;
                Assert.Equal(',', line[end + 1]);
            }
        }
        Assert.Equal(' ', line[at]);
        var number = line[(at + 1)..];
        var value = number switch { "NaN" => double.NaN, "+Inf" => double.PositiveInfinity, "-Inf" => double.NegativeInfinity, _ => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture) };
        Samples.Add((name, labels, value));
    }

    private static string Unescape(string text, bool quotes)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
                continue;
            }
            i++;
            Assert.True(text[i] is '\\' or 'n' || (quotes && text[i] == '"'), $"bad escape in '{text}'");
            result.Append(text[i] == 'n' ? '\n' : text[i]);
        }
        return result.ToString();
    }

    private static void AssertName(string name) => Assert.Matches("^[a-zA-Z_:][a-zA-Z0-9_:]*$", name);
}
