namespace Tocsin.Detection.Sigma;

/// <summary>Takes the diagnostics about one file and remembers whether an error was among them.</summary>
sealed class DiagnosticBag(string file, ICollection<Diagnostic> target)
{
    public string File => file;

    /// <summary>What the file's placeholders stand for.</summary>
    public SigmaPlaceholders Placeholders { get; init; } = SigmaPlaceholders.None;

    public int Errors { get; private set; }

    public void Error(string code, int line, int column, string message, string hint)
    {
        Errors++;
        target.Add(new(code, file, line, column, message, hint));
    }

    public void Error(string code, YamlItem at, string message, string hint) => Error(code, at.Line, at.Column, message, hint);

    public void Warn(string code, int line, int column, string message, string hint) =>
        target.Add(new(code, file, line, column, message, hint) { IsWarning = true });
}
