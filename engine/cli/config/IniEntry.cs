namespace K2I.Cli.Config;

/// <summary>A key and its value as written: quotes removed and escapes undone, <c>${…}</c> still in it.</summary>
internal sealed record IniEntry(string Key, string Value, Quoting Quoting, Place KeyPlace, Place ValuePlace);
