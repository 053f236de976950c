using System.Collections.Immutable;
using System.Text;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>
/// A condition that rows must meet. Text form: <c>a = 5 and (b is not null or c in (1, 2)) and not d >= '2024-01-01' and e like 'x%'</c>; <c>not</c> binds
/// closest, then <c>and</c>. A comparison with null is neither met nor not met, as in SQL.
/// </summary>
public abstract record ScanFilter
{
    private const int MaxDepth = 64;

    private ScanFilter()
    {
    }

    public sealed record Is(ScanPredicate Predicate) : ScanFilter;

    public sealed record All(ImmutableArray<ScanFilter> Parts) : ScanFilter;

    public sealed record Any(ImmutableArray<ScanFilter> Parts) : ScanFilter;

    public sealed record Not(ScanFilter Part) : ScanFilter;

    /// <summary>Met where every one of the predicates is.</summary>
    public static ScanFilter Of(ImmutableArray<ScanPredicate> predicates) => new All([.. predicates.Select(p => new Is(p))]);

    /// <summary>Reads the text form; Invalid says what is wrong and where.</summary>
    public static ScanFilter Parse(string text) => new Parser(text).Whole();

    private sealed class Parser(string text)
    {
        private readonly List<(string Text, bool Quoted, int At)> tokens = Tokens(text);
        private int next;
        private int depth;

        internal ScanFilter Whole()
        {
            var filter = Or();
            return next < tokens.Count ? throw Bad("'and', 'or' or the end is expected") : filter;
        }

        private ScanFilter Or()
        {
            var parts = ImmutableArray.CreateBuilder<ScanFilter>();
            do parts.Add(And());
            while (TryWord("or"));
            return parts.Count == 1 ? parts[0] : new Any(parts.ToImmutable());
        }

        private ScanFilter And()
        {
            var parts = ImmutableArray.CreateBuilder<ScanFilter>();
            do parts.Add(Factor());
            while (TryWord("and"));
            return parts.Count == 1 ? parts[0] : new All(parts.ToImmutable());
        }

        private ScanFilter Factor()
        {
            if (++depth > MaxDepth) throw Bad($"it is nested more than {MaxDepth} deep");
            ScanFilter factor;
            if (TryWord("not"))
            {
                factor = new Not(Factor());
            }
            else if (TryWord("("))
            {
                factor = Or();
                if (!TryWord(")")) throw Bad("')' is expected");
            }
            else
            {
                factor = new Is(One());
            }
            depth--;
            return factor;
        }

        private ScanPredicate One()
        {
            var column = Take("a column").Text;
            if (TryWord("is"))
            {
                var not = TryWord("not");
                if (TryWord("null")) return new(column, not ? ScanOperator.IsNotNull : ScanOperator.IsNull, []);
                if (TryWord("nan")) return new(column, not ? ScanOperator.IsNotNaN : ScanOperator.IsNaN, []);
                throw Bad("'null' or 'nan' is expected");
            }
            var negated = TryWord("not");
            if (TryWord("in")) return new(column, negated ? ScanOperator.NotIn : ScanOperator.In, List());
            if (negated) throw Bad("'in' is expected");
            if (TryWord("like"))
            {
                var pattern = Take("a pattern").Text;
                if (!pattern.EndsWith('%') || pattern[..^1].Contains('%', StringComparison.Ordinal) || pattern.Contains('_', StringComparison.Ordinal)) throw Bad("only patterns like 'abc%' can be compared with");
                return new(column, ScanOperator.StartsWith, [pattern[..^1]]);
            }
            var comparison = Take("a comparison");
            ScanOperator? found = comparison.Quoted ? null : comparison.Text switch
            {
                "=" or "==" => ScanOperator.Equal,
                "!=" or "<>" => ScanOperator.NotEqual,
                "<" => ScanOperator.Less,
                "<=" => ScanOperator.LessOrEqual,
                ">" => ScanOperator.Greater,
                ">=" => ScanOperator.GreaterOrEqual,
                _ => null,
            };
            return new(column, found ?? throw Bad("a comparison is expected (= != < <= > >= in like is)", -1), [Take("a value").Text]);
        }

        private ImmutableArray<string> List()
        {
            if (!TryWord("(")) throw Bad("'(' is expected");
            var values = ImmutableArray.CreateBuilder<string>();
            do values.Add(Take("a value").Text);
            while (TryWord(","));
            if (!TryWord(")")) throw Bad("')' is expected");
            return values.ToImmutable();
        }

        private (string Text, bool Quoted, int At) Take(string what) => next < tokens.Count ? tokens[next++] : throw Bad($"{what} is expected");

        private bool TryWord(string word)
        {
            if (next == tokens.Count || tokens[next].Quoted || !string.Equals(tokens[next].Text, word, StringComparison.OrdinalIgnoreCase)) return false;
            next++;
            return true;
        }

        private EngineException Bad(string problem, int back = 0)
        {
            var at = next + back < tokens.Count ? tokens[next + back].At : text.Length;
            return new(ErrorKind.Invalid, $"filter '{text}', at {at + 1}: {problem}");
        }

        private static List<(string Text, bool Quoted, int At)> Tokens(string text)
        {
            var tokens = new List<(string, bool, int)>();
            for (var at = 0; at < text.Length;)
            {
                var start = at;
                var c = text[at];
                if (char.IsWhiteSpace(c)) at++;
                else if (c is '\'' or '"' or '`') tokens.Add((Quoted(text, ref at), true, start));
                else if (c is '(' or ')' or ',') tokens.Add((text[at++].ToString(), false, start));
                else
                {
                    var symbol = IsSymbol(c);
                    while (at < text.Length && IsSymbol(text[at]) == symbol && !char.IsWhiteSpace(text[at]) && text[at] is not ('(' or ')' or ',' or '\'' or '"' or '`')) at++;
                    tokens.Add((text[start..at], false, start));
                }
            }
            return tokens;
        }

        private static bool IsSymbol(char c) => c is '=' or '!' or '<' or '>';

        private static string Quoted(string text, ref int at)
        {
            var quote = text[at];
            var start = at;
            var value = new StringBuilder();
            for (at++; at < text.Length; at++)
            {
                if (text[at] != quote)
                {
                    value.Append(text[at]);
                    continue;
                }
                if (++at == text.Length || text[at] != quote) return value.ToString();
                value.Append(quote);
            }
            throw new EngineException(ErrorKind.Invalid, $"filter '{text}', at {start + 1}: a quote is not closed");
        }
    }
}
