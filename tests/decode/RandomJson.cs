using System.Globalization;
using System.Text;
using K2I.Columns;

namespace K2I.Decode.Tests;

/// <summary>Records that mostly suit a schema, in every spelling that JSON has; and damaged ones.</summary>
internal sealed class RandomJson(int seed, bool anyCase = false)
{
    private static readonly string[] Oddities =
    [
        "null", "true", "0", "-0", "1.5", "1e2", "[]", "{}", "\"\"", "\"x\"", "[1,null]", "{\"a\":1}", "01", "nul", "\"\\ud800\"", "\"\\u00e9\"", "1e999", "-", "\"1\"", "\"NaN\"",
        "12345678901234567890", "9223372036854775807", "0.30000000000000004", "1E-7", "\"2024-02-30\"", "\"\\",
    ];

    private readonly Random random = new(seed);
    private readonly StringBuilder text = new();

    internal byte[] Record(Schema schema)
    {
        text.Clear();
        Space();
        Object(schema.Struct, 0);
        Space();
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (Rarely(50)) bytes = [0xEF, 0xBB, 0xBF, .. bytes];
        return random.Next(4) == 0 ? Damage(bytes) : bytes;
    }

    private bool Rarely(int times) => random.Next(times) == 0;

    private byte[] Damage(byte[] bytes)
    {
        for (var i = random.Next(1, 3); i > 0 && bytes.Length > 0; i--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(6))
            {
                case 0:
                    bytes = bytes[..at];
                    break;
                case 1:
                    bytes = [.. bytes[..at], .. bytes[(at + 1)..]];
                    break;
                case 2:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 3:
                    bytes[at] = (byte)"{}[]\",:\\ 0e.-tn\0\u007f"[random.Next(17)];
                    break;
                case 4:
                    var to = Math.Min(bytes.Length, at + random.Next(1, 12));
                    bytes = [.. bytes[..to], .. bytes[at..]];
                    break;
                default:
                    bytes = [.. bytes[..at], .. Encoding.UTF8.GetBytes(Oddities[random.Next(Oddities.Length)]), .. bytes[at..]];
                    break;
            }
        }
        return bytes;
    }

    private void Space()
    {
        if (Rarely(12)) text.Append(" \t\r\n"[random.Next(4)]);
        if (Rarely(12)) text.Append(' ', random.Next(40));
    }

    private void Object(StructType type, int depth)
    {
        var fields = type.Fields.Where(f => !Rarely(f.Required ? 60 : 6)).ToList();
        if (Rarely(4)) fields = [.. fields.OrderBy(_ => random.Next())];
        if (Rarely(60) && fields.Count > 0) fields.Add(fields[0]);
        text.Append('{');
        var first = true;
        foreach (var field in fields)
        {
            if (!first) text.Append(',');
            first = false;
            Space();
            if (Rarely(15))
            {
                Text("u" + random.Next(5));
                text.Append(':');
                Anything(depth + 1);
                text.Append(',');
            }
            Text(anyCase && Rarely(3) ? InSomeCase(field.Name) : field.Name);
            Space();
            text.Append(':');
            Space();
            Value(field.Type, depth + 1);
            Space();
        }
        text.Append('}');
    }

    private string InSomeCase(string name) => string.Concat(name.Select(c => Rarely(2) ? char.ToUpperInvariant(c) : c));

    private void Anything(int depth)
    {
        if (depth > 5 || Rarely(2)) text.Append(Oddities[random.Next(8)]);
        else if (Rarely(2)) Value(ListType.Of(0, PrimitiveType.Double), depth);
        else Value(MapType.Of(0, PrimitiveType.String, 0, ListType.Of(0, PrimitiveType.String)), depth);
    }

    private void Value(DataType type, int depth)
    {
        if (Rarely(40))
        {
            text.Append(Oddities[random.Next(Oddities.Length)]);
            return;
        }
        if (Rarely(12))
        {
            text.Append("null");
            return;
        }
        switch (type)
        {
            case StructType s:
                Object(s, depth);
                break;
            case ListType l:
                Items('[', ']', () => Value(l.Element.Type, depth + 1));
                break;
            case MapType m:
                Items('{', '}', () =>
                {
                    Text(m.Key.Type.Kind == TypeKind.String ? "k" + random.Next(30) : Number(4));
                    text.Append(':');
                    Value(m.Value.Type, depth + 1);
                });
                break;
            default:
                Scalar((PrimitiveType)type);
                break;
        }
    }

    private void Items(char open, char close, Action item)
    {
        text.Append(open);
        for (var i = random.Next(4); i > 0; i--)
        {
            Space();
            item();
            if (i > 1) text.Append(',');
        }
        text.Append(close);
    }

    private void Scalar(PrimitiveType type)
    {
        switch (type.Kind)
        {
            case TypeKind.Boolean:
                text.Append(Rarely(2) ? "true" : "false");
                break;
            case TypeKind.String:
                Text(Words());
                break;
            case TypeKind.Uuid:
                Text(random.Next(8) == 0 ? Words() : Guid(random));
                break;
            case TypeKind.Binary:
                var bytes = new byte[random.Next(12)];
                random.NextBytes(bytes);
                Text(Convert.ToBase64String(bytes));
                break;
            case TypeKind.Date:
                if (Rarely(4)) text.Append(Number(8, whole: true));
                else Text(Date());
                break;
            case TypeKind.Timestamp or TypeKind.TimestampTz:
                if (Rarely(4)) text.Append(Number(16, whole: true));
                else Text(Timestamp(type.Kind == TypeKind.TimestampTz));
                break;
            default:
                var number = Number(Rarely(10) ? 40 : type.Kind switch { TypeKind.Int => 9, TypeKind.Decimal => 8, TypeKind.Long => 18, _ => 17 }, whole: type.Kind is TypeKind.Int or TypeKind.Long && !Rarely(10));
                if (Rarely(8)) Text(number);
                else text.Append(number);
                break;
        }
    }

    private string Date() => Rarely(10)
        ? $"{random.Next(0, 10000):D4}-{random.Next(0, 14):D2}-{random.Next(0, 33):D2}"
        : $"{random.Next(1, 10000):D4}-{random.Next(1, 13):D2}-{random.Next(1, 29):D2}";

    private string Timestamp(bool zoned)
    {
        var value = $"{(Rarely(3) ? Date() : "2024-05-06")}{"TT t"[random.Next(4)]}{random.Next(Rarely(10) ? 25 : 24):D2}:{random.Next(60):D2}";
        if (!Rarely(8)) value += $":{random.Next(Rarely(10) ? 62 : 60):D2}";
        if (Rarely(2)) value += "." + random.Next().ToString(CultureInfo.InvariantCulture)[..random.Next(1, 2)] + new string('7', random.Next(10));
        if (zoned == !Rarely(20)) value += new[] { "Z", "z", "+01:00", "-0530", "+14", "-23:59", "+24:00", "+1" }[random.Next(Rarely(5) ? 8 : 6)];
        return value;
    }

    private string Number(int maxDigits, bool whole = false)
    {
        string Some(int most) => string.Concat(Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => (char)('0' + random.Next(10))));
        var number = Rarely(4) ? "0" : Some(maxDigits).TrimStart('0');
        if (number.Length == 0) number = "7";
        if (Rarely(3)) number = "-" + number;
        if (whole) return number;
        if (Rarely(4)) number += "." + (Rarely(2) ? Some(maxDigits) : "000");
        if (Rarely(6)) number += "eE"[random.Next(2)] + new[] { "", "+", "-" }[random.Next(3)] + random.Next(Rarely(3) ? 400 : 20);
        return number;
    }

    private string Words()
    {
        var words = new StringBuilder();
        for (var i = random.Next(Rarely(5) ? 40 : 8); i > 0; i--)
        {
            if (Rarely(20)) words.Append((char)random.Next(0x20));
            else if (Rarely(20)) words.Append("é€😀\"\\/\u2028"[random.Next(6)] is var c && char.IsSurrogate(c) ? "😀" : c.ToString());
            else words.Append("abcdefgh"[random.Next(8)]);
        }
        return words.ToString();
    }

    /// <summary>A string, its characters escaped where they must be and sometimes where they need not.</summary>
    private void Text(string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\' && Rarely(2)) text.Append('\\').Append(c);
            else if (c == '\n' && Rarely(2)) text.Append("\\n");
            else if (c < 0x20 || c is '"' or '\\' || Rarely(300)) text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else text.Append(c);
        }
        text.Append('"');
    }

    private static string Guid(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes).ToString();
    }
}
