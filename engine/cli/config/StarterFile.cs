using System.Text;

namespace K2I.Cli.Config;

/// <summary>A configuration file with every key explained, made from <see cref="Keys"/>: what <c>k2i init</c> writes, and the project's <c>k2i.ini</c>.</summary>
internal static class StarterFile
{
    private const int Width = 110;

    private const string Head = """
        # K2I reads Kafka topics and keeps Apache Iceberg tables.
        #
        #   k2i validate --connect   checks this file, Kafka, the catalog and the warehouse
        #   k2i ingest               runs until SIGINT or SIGTERM
        #   k2i help config          explains the syntax: quotes, ${NAME}, ${file:path}, units
        #
        # A line that starts with ; is a key that is not set: with its default, or with an example where there is none.

        """;

    private const string Kafka = """

        # Any other setting of librdkafka that does not touch offsets or groups, for example a login:
        ;security.protocol = sasl_ssl
        ;sasl.mechanism = SCRAM-SHA-512
        ;sasl.username = k2i
        ;sasl.password = ${file:/etc/k2i/kafka-password}
        ;ssl.ca.location = /etc/k2i/ca.crt

        """;

    private const string Headers = """

        # For catalog = rest: headers of every request to the server.
        ;header.X-Tenant = analytics

        """;

    private const string Properties = """

        # The timestamp_unit of one column, by its dotted path, whatever its name ends in; an inferred or added
        # column that has one is a time.
        ;timestamp_unit.payload.created = us

        # Properties of the Iceberg table, set when it is created. Unless write.metadata.delete-after-commit.enabled
        # is false here, the last write.metadata.previous-versions-max (100) of old metadata files are kept.
        ;property.write.parquet.compression-codec = zstd

        """;

    public static string Render(StarterAnswers answers)
    {
        var text = new StringBuilder(Head);
        foreach (var section in Keys.Sections)
        {
            text.Append('\n');
            if (section == "table") Comment(text, "One section for each table: [table.NAME] or [table.NAMESPACE.NAME]; names of a-z, 0-9 and _.");
            text.Append('[').Append(section == "table" ? $"table.{answers.Table}" : section).Append("]\n");
            var first = true;
            foreach (var key in Keys.All.Where(k => k.Section == section))
            {
                if (!first) text.Append('\n');
                first = false;
                Comment(text, key.Choices.Length > 1 ? $"{key.Summary} One of {string.Join(", ", key.Choices)}." : key.Summary);
                var value = Answer(key, answers);
                text.Append(value is null ? ";" : "").Append(key.Name).Append(" = ").Append(value is null ? key.Default ?? key.Example : IniText.Literal(value)).Append('\n');
            }
            if (section == "kafka") text.Append(Kafka);
            if (section == "iceberg") text.Append(Headers);
            if (section == "table") text.Append(Properties);
        }
        return text.ToString();
    }

    private static string? Answer(ConfigKey key, StarterAnswers answers) =>
        key == Keys.Brokers ? answers.Brokers : key == Keys.Warehouse ? answers.Warehouse : key == Keys.Topics ? answers.Topics : null;

    private static void Comment(StringBuilder text, string comment)
    {
        foreach (var line in TextWrap.Lines(comment, Width - 2)) text.Append("# ").Append(line).Append('\n');
    }
}
