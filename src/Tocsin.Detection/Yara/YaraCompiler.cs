using Tocsin.Detection.Yara.Native;
using Tocsin.Detection.Yara.Portable;

namespace Tocsin.Detection.Yara;

/// <summary>Compiles files of YARA rules. Safe to call from several threads, which then wait for each other.</summary>
/// <remarks>
/// Files are compiled apart: an error refuses its file and no other, and is reported with line, column and what to do. Rules
/// may use the variables of <see cref="YaraVariables"/>; <c>include</c> is refused, as rules come as text and not from a disk.
/// </remarks>
public static class YaraCompiler
{
    static readonly Lock Compiling = new();

    /// <summary>Whether the system has the libyara that <see cref="YaraEngine.Native"/> means.</summary>
    public static bool HasNative => LibYara.IsThere;

    /// <summary>Compiles what can be compiled.</summary>
    /// <param name="sources">The files, in the order in which matches are to be reported.</param>
    /// <param name="options">Which engine.</param>
    /// <param name="diagnostics">Takes what was refused.</param>
    /// <returns>The rules, which may be none; null, with a diagnostic, where the engine itself is not to be had.</returns>
    public static YaraRules? Compile(IReadOnlyList<YaraSource> sources, YaraOptions options, ICollection<Diagnostic> diagnostics)
    {
        YaraSource[] sized = [.. sources.Where(s => IsSized(s, diagnostics))];
        lock (Compiling)
        {
            if (options.Engine != YaraEngine.Portable && LibYara.IsThere)
            {
                // A rule that only one of the two takes must not make the answer depend on what is installed.
                var refused = new List<Diagnostic>();
                NativeRules rules = NativeRules.Compile(sized, refused);
                if (refused.Count == 0 || options.Engine == YaraEngine.Native)
                {
                    foreach (Diagnostic d in refused) diagnostics.Add(d);
                    return rules;
                }

                rules.Dispose();
            }
            else if (options.Engine == YaraEngine.Native)
            {
                diagnostics.Add(new(YaraCodes.NoEngine, "yara", 1, 1, "There is no libyara 4.2 (libyara.so.9) on this system.", "Install it (Debian: libyara9), or use the portable engine."));
                return null;
            }

            try
            {
                return PortableRules.Compile(sized, options, diagnostics);
            }
            catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or BadImageFormatException)
            {
                diagnostics.Add(new(YaraCodes.NoEngine, "yara", 1, 1, "The portable YARA engine cannot be started: Wasmtime's library, or one that it needs, was not found.", "Unpack the whole release, not the program alone."));
                return null;
            }
        }
    }

    static bool IsSized(YaraSource source, ICollection<Diagnostic> diagnostics)
    {
        if (source.Text.Length <= YaraLimits.MaxSourceBytes) return true;
        diagnostics.Add(new(YaraCodes.TooLarge, source.File, 1, 1, $"The file has more than {YaraLimits.MaxSourceBytes >> 20} MB.", "Split it, or leave it out."));
        return false;
    }
}
