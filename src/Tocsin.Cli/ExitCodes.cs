namespace Tocsin.Cli;

/// <summary>What the program answers with. A promise: scripts and schedulers read nothing else.</summary>
internal static class ExitCodes
{
    public const int NothingFound = 0;
    public const int Findings = 1;
    public const int NotAllExamined = 2;

    /// <summary>The command line or a pack is wrong (EX_USAGE of sysexits.h).</summary>
    public const int Usage = 64;

    /// <summary>A report could not be written (EX_CANTCREAT).</summary>
    public const int CannotWrite = 73;

    /// <summary>Interrupted by the user, as shells number it.</summary>
    public const int Interrupted = 130;
}
