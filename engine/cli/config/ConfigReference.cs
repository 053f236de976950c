namespace K2I.Cli.Config;

/// <summary>The configuration's reference text, made from <see cref="Keys"/>.</summary>
internal static class ConfigReference
{
    private const int Width = 100;

    private const string Intro = """"
        One INI file, ./k2i.ini, another with --config FILE, or standard input with --config -.
        Over it: environment variables K2I_SECTION_KEY (K2I_TABLE_NAME_KEY for tables; dots and dashes as _), over them --set section.key=value.

          [section]                      sections and keys stand once
          key = value  ; comment         ; or # starts a comment, after a value with a blank before it
          key = "a; b\n"                 quoted: escapes \" \\ \n \r \t
          key = 'a; ${b}'                taken as it stands
          key = """                      over several lines, until the closing """
          key = ${NAME}  ${NAME:-value}  an environment variable, with a default
          key = ${file:/path}            what a file holds, without the last line end; for secrets
          key = $${x}                    the text ${x}; in [table.NAME] table ${x} is a group of topics

        Sizes: 512KiB, 64MiB, 1GiB, 10MB. Times: 250ms, 30s, 5m, 1h30m.
        """";

    public static void Write(TextWriter output)
    {
        output.WriteLine(Intro);
        foreach (var section in Keys.Sections)
        {
            output.WriteLine();
            output.WriteLine(section == "table" ? "[table.NAME]  NAME is table or namespace.table, of a-z, 0-9 and _" : $"[{section}]");
            foreach (var key in Keys.All.Where(k => k.Section == section)) WriteKey(output, key);
            if (section == "kafka") WriteKey(output, "PROPERTY", "a librdkafka property such as security.protocol, sasl.username, ssl.ca.location; `k2i validate` names those that are refused.");
            if (section == "iceberg") WriteKey(output, Keys.HeaderPrefix + "NAME", "For catalog = rest or nessie: sent with every request to the server.");
            if (section == "table") WriteKey(output, Keys.UnitPrefix + "COLUMN", "The timestamp_unit of one column, by its dotted path; an inferred or added column that has one is a time.");
            if (section == "table") WriteKey(output, Keys.PropertyPrefix + "NAME", "An Iceberg table property, set when the table is created; a value of no use is an error: property.write.parquet.compression-codec = zstd.");
        }
    }

    private static void WriteKey(TextWriter output, ConfigKey key)
    {
        var facts = key.Required ? "Required." : key.Default is not null ? $"Default: {key.Default}." : $"Unset by default; for example: {key.Example}";
        WriteKey(output, key.Name, $"{key.Summary} {(key.Choices.Length > 1 ? $"One of {string.Join(", ", key.Choices)}. " : "")}{facts}");
    }

    private static void WriteKey(TextWriter output, string name, string text)
    {
        const int indent = 22;
        var prefix = $"  {name.PadRight(indent - 3)} ";
        foreach (var line in TextWrap.Lines(text, Width - Math.Max(indent, prefix.Length)))
        {
            output.WriteLine(prefix + line);
            prefix = new string(' ', indent);
        }
    }
}
