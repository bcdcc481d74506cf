using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Tocsin.Detection.Yara.Native;

/// <summary>Rules compiled by libyara. Scanners share them; libyara takes 32 at a time.</summary>
internal sealed unsafe class NativeRules : YaraRules
{
    nint _rules;

    NativeRules(nint rules, IReadOnlyList<YaraSource> sources)
        : base(sources, YaraEngine.Native) => _rules = rules;

    internal nint Handle => _rules;

    /// <summary>Compiles; files that are refused are reported and left out.</summary>
    public static NativeRules Compile(IReadOnlyList<YaraSource> sources, ICollection<Diagnostic> diagnostics)
    {
        // After one error a compiler of libyara is of no more use: then each file is tried in one of its own, and the good ones are compiled anew.
        nint compiler = Create();
        try
        {
            var spoilt = new List<Diagnostic>();
            if (sources.All(s => Add(compiler, s, spoilt))) return new(RulesOf(compiler), sources);
        }
        finally
        {
            LibYara.yr_compiler_destroy(compiler);
        }

        YaraSource[] good = [.. sources.Where(s => IsGood(s, diagnostics))];
        return good.Length < sources.Count ? Compile(good, diagnostics) : throw new InvalidOperationException("libyara refuses files together that it takes one by one.");
    }

    // Tried in a compiler of its own, so that its errors spoil nothing.
    static bool IsGood(YaraSource source, ICollection<Diagnostic> diagnostics)
    {
        nint compiler = Create();
        bool good = Add(compiler, source, diagnostics);
        LibYara.yr_compiler_destroy(compiler);
        return good;
    }

    static nint Create()
    {
        if (LibYara.yr_compiler_create(out nint compiler) != 0) throw new InvalidOperationException("libyara has no memory for a compiler.");
        LibYara.yr_compiler_set_include_callback(compiler, null, null, null);
        foreach (string name in YaraVariables.Names) LibYara.yr_compiler_define_string_variable(compiler, name, "");
        return compiler;
    }

    static nint RulesOf(nint compiler) =>
        LibYara.yr_compiler_get_rules(compiler, out nint rules) == 0 ? rules : throw new InvalidOperationException("libyara has no memory for its rules.");

    static bool Add(nint compiler, YaraSource source, ICollection<Diagnostic> diagnostics)
    {
        var errors = new List<(int Line, string Message)>();
        GCHandle handle = GCHandle.Alloc(errors);
        try
        {
            LibYara.yr_compiler_set_callback(compiler, &Told, (void*)GCHandle.ToIntPtr(handle));
            // Text ends for libyara at its first zero; what stood behind it would be passed over in silence.
            if (source.Text.Contains('\0')) errors.Add((source.Text.AsSpan(0, source.Text.IndexOf('\0')).Count('\n') + 1, "a zero byte"));
            else if (LibYara.yr_compiler_add_string(compiler, source.Text, source.Namespace) != 0 && errors.Count == 0) errors.Add((1, "the rules were refused"));
        }
        finally
        {
            handle.Free();
        }

        foreach ((int line, string message) in errors)
        {
            diagnostics.Add(new(YaraCodes.Refused, source.File, Math.Max(1, line), 1, $"{char.ToUpperInvariant(message[0])}{message[1..].TrimEnd('.')}.", "Correct the rule; its whole file is left out until then."));
        }

        return errors.Count == 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Told(int level, byte* file, int line, LibYara.Rule* rule, byte* message, void* data)
    {
        if (level == 0 && GCHandle.FromIntPtr((nint)data).Target is List<(int, string)> errors) errors.Add((line, Text(message) is { Length: > 0 } text ? text : "an error"));
    }

    internal static string Text(byte* zeroTerminated) => zeroTerminated is null ? "" : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(zeroTerminated));

    /// <inheritdoc />
    public override YaraScanner NewScanner() => new NativeScanner(this);

    /// <inheritdoc />
    public override void Dispose()
    {
        if (_rules != 0) _ = LibYara.yr_rules_destroy(_rules);
        _rules = 0;
    }
}
