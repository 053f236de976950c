using System.Buffers;
using System.Text;

namespace K2I.Serve.Tests;

public sealed class MetricsWriterTests
{
    [Fact]
    public void WritesFamiliesWithHelpTypeAndSamples()
    {
        var text = Write(metrics =>
        {
            metrics.Family("k2i_rows_total", MetricType.Counter, "Rows.");
            metrics.Sample(10, ("table", "events"));
            metrics.Sample(20, ("table", "orders"), ("topic", "o"));
            metrics.Family("k2i_up", MetricType.Gauge, "Up.");
            metrics.Sample(0.25);
        });
        Assert.Equal("# HELP k2i_rows_total Rows.\n# TYPE k2i_rows_total counter\nk2i_rows_total{table=\"events\"} 10\nk2i_rows_total{table=\"orders\",topic=\"o\"} 20\n# HELP k2i_up Up.\n# TYPE k2i_up gauge\nk2i_up 0.25\n", text);
    }

    [Theory]
    [InlineData("a\"b")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("\\\"\n\\n")]
    [InlineData("täble 🦉")]
    [InlineData("")]
    public void LabelValuesReadBackWhateverTheyHold(string value)
    {
        var parsed = PrometheusText.Parse(Write(metrics =>
        {
            metrics.Family("k2i_x", MetricType.Gauge, "Help with \\ and\nline end and \"quotes\".");
            metrics.Sample(1, ("table", value));
        }));
        Assert.Equal(value, Assert.Single(parsed.Samples).Labels["table"]);
        Assert.Equal("Help with \\ and\nline end and \"quotes\".", parsed.Helps["k2i_x"]);
    }

    [Fact]
    public void NumbersKeepTheirValue()
    {
        double[] values = [0, -1, 1.5, 1e300, 5e-324, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 123456789012345];
        var parsed = PrometheusText.Parse(Write(metrics =>
        {
            metrics.Family("k2i_x", MetricType.Gauge, "X.");
            for (var i = 0; i < values.Length; i++) metrics.Sample(values[i], ("i", i.ToString()));
            metrics.Sample(long.MaxValue, ("i", "long"));
        }));
        Assert.Equal([.. values, (double)long.MaxValue], parsed.Samples.Select(s => s.Value));
    }

    [Fact]
    public void BadNamesAreBugs()
    {
        Assert.Throws<InvalidOperationException>(() => Write(m => m.Family("k2i-x", MetricType.Gauge, "")));
        Assert.Throws<InvalidOperationException>(() => Write(m => m.Family("k2i_rows", MetricType.Counter, "")));
        Assert.Throws<InvalidOperationException>(() => Write(m => m.Sample(1)));
        Assert.Throws<InvalidOperationException>(() => Write(m =>
        {
            m.Family("k2i_x", MetricType.Gauge, "");
            m.Family("k2i_x", MetricType.Gauge, "");
        }));
    }

    private static string Write(Action<MetricsWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        write(new MetricsWriter(buffer));
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
