using System.Buffers;
using System.Globalization;
using System.Text;
using K2I.Base;

namespace K2I.Serve;

/// <summary>
/// Writes metrics in the Prometheus text exposition format 0.0.4: <see cref="Family"/> opens a metric, <see cref="Sample(long, ReadOnlySpan{MetricLabel})"/>
/// adds its values. One thread.
/// </summary>
/// <remarks>
/// <code>
/// # HELP k2i_rows_total Rows appended to the ring.
/// # TYPE k2i_rows_total counter
/// k2i_rows_total{table="events"} 10
/// </code>
/// Help texts escape backslash and newline; label values the double quote as well. A name used twice or badly formed is a bug.
/// </remarks>
public sealed class MetricsWriter(IBufferWriter<byte> output)
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly HashSet<string> families = new(StringComparer.Ordinal);
    private string name = "";

    public void Family(string name, MetricType type, string help)
    {
        Check.That(IsName(name, colon: true));
        Check.That(type != MetricType.Counter || name.EndsWith("_total", StringComparison.Ordinal));
        Check.That(families.Add(name));
        this.name = name;
        Text("# HELP ");
        Text(name);
        Text(" ");
        Escaped(help, quotes: false);
        Text("\n# TYPE ");
        Text(name);
        Text(type == MetricType.Counter ? " counter\n" : " gauge\n");
    }

    public void Sample(long value, params ReadOnlySpan<MetricLabel> labels)
    {
        Labels(labels);
        var span = output.GetSpan(24);
        value.TryFormat(span, out var written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
        Text("\n");
    }

    public void Sample(double value, params ReadOnlySpan<MetricLabel> labels)
    {
        Labels(labels);
        if (double.IsFinite(value))
        {
            var span = output.GetSpan(32);
            value.TryFormat(span, out var written, default, CultureInfo.InvariantCulture);
            output.Advance(written);
        }
        else
        {
            Text(double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
        }
        Text("\n");
    }

    private void Labels(ReadOnlySpan<MetricLabel> labels)
    {
        Check.That(name.Length > 0);
        Text(name);
        for (var i = 0; i < labels.Length; i++)
        {
            Check.That(IsName(labels[i].Name, colon: false));
            Text(i == 0 ? "{" : ",");
            Text(labels[i].Name);
            Text("=\"");
            Escaped(labels[i].Value, quotes: true);
            Text("\"");
        }
        Text(labels.Length > 0 ? "} " : " ");
    }

    private void Escaped(ReadOnlySpan<char> text, bool quotes)
    {
        while (!text.IsEmpty)
        {
            var at = quotes ? text.IndexOfAny('\\', '\n', '"') : text.IndexOfAny('\\', '\n');
            if (at < 0) break;
            Text(text[..at]);
            Text(text[at] switch { '\\' => "\\\\", '\n' => "\\n", _ => "\\\"" });
            text = text[(at + 1)..];
        }
        Text(text);
    }

    private void Text(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        output.Advance(Encoding.UTF8.GetBytes(text, span));
    }

    private static bool IsName(string name, bool colon)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0])) return false;
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c != '_' && !(colon && c == ':')) return false;
        return true;
    }
}
