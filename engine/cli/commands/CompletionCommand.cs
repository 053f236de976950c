using System.CommandLine;

namespace K2I.Cli.Commands;

/// <summary><c>k2i completion bash|zsh|fish</c>: scripts that ask the binary itself, so that they never fall behind it.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # eval "$(k2i completion bash)", or as a file in /etc/bash_completion.d
        _k2i() {
            local word="${COMP_WORDS[COMP_CWORD]}"
            case "${COMP_WORDS[COMP_CWORD-1]}" in
                -c|--config|--output) COMPREPLY=($(compgen -f -- "$word")); return ;;
            esac
            COMPREPLY=($(compgen -W "$(k2i "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "$word"))
        }
        complete -o default -F _k2i k2i
        """;

    private const string Zsh = """
        #compdef k2i
        # eval "$(k2i completion zsh)", or as the file _k2i in a folder of $fpath
        _k2i() {
            case "${words[CURRENT-1]}" in
                -c|--config|--output) _files; return ;;
            esac
            local -a found
            found=("${(@f)$(k2i "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -- $found
        }
        compdef _k2i k2i
        """;

    private const string Fish = """
        # k2i completion fish > ~/.config/fish/completions/k2i.fish
        function __k2i_complete
            set -l line (commandline -cp)
            k2i "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c k2i -f -a '(__k2i_complete)'
        complete -c k2i -s c -l config -r -F
        complete -c k2i -l output -r -F
        """;

    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a completion script for a shell") { shell };
        command.SetAction(arguments =>
        {
            terminal.Out.WriteLine(arguments.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
