using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tocsin.Detection.Yara.Native;

/// <summary>Scans with libyara. One thread.</summary>
internal sealed unsafe class NativeScanner : YaraScanner
{
    /// <summary>libyara counts seconds and not work. Honest files take a thousandth of one; this only ends what would not end.</summary>
    const int TimeoutSeconds = 60;

    readonly List<YaraMatch> _found = [];
    nint _scanner;
    GCHandle _self;

    public NativeScanner(NativeRules rules)
    {
        if (LibYara.yr_scanner_create(rules.Handle, out _scanner) != 0) throw new InvalidOperationException("libyara takes no more scanners at a time.");
        _self = GCHandle.Alloc(_found);
        LibYara.yr_scanner_set_callback(_scanner, &Told, (void*)GCHandle.ToIntPtr(_self));
        LibYara.yr_scanner_set_flags(_scanner, LibYara.ReportMatching);
        LibYara.yr_scanner_set_timeout(_scanner, TimeoutSeconds);
    }

    /// <inheritdoc />
    public override YaraOutcome Scan(ReadOnlyMemory<byte> content, in YaraVariables variables, ICollection<YaraMatch> matches)
    {
        _found.Clear();
        for (int i = 0; i < YaraVariables.Names.Count; i++) LibYara.yr_scanner_define_string_variable(_scanner, YaraVariables.Names[i], variables.At(i));
        int error;
        // An empty span has no address, and libyara wants one.
        byte nothing = 0;
        fixed (byte* bytes = content.Span) error = LibYara.yr_scanner_scan_mem(_scanner, bytes is null ? &nothing : bytes, (nuint)content.Length);
        if (error is LibYara.ErrorTimeout or LibYara.ErrorTooManyMatches) return YaraOutcome.TooMuchWork;
        if (error != 0) return YaraOutcome.Failed;
        foreach (YaraMatch match in _found) matches.Add(match);
        return YaraOutcome.Done;
    }

    // An exception must not pass through libyara, which knows none; only lack of memory could cause one here.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int Told(LibYara.ScanContext* context, int message, void* about, void* data)
    {
        if (message == LibYara.Matching && GCHandle.FromIntPtr((nint)data).Target is List<YaraMatch> found) found.Add(Read(context, (LibYara.Rule*)about));
        return LibYara.Continue;
    }

    static YaraMatch Read(LibYara.ScanContext* context, LibYara.Rule* rule)
    {
        var tags = new List<string>();
        for (byte* tag = rule->Tags; tag is not null && *tag != 0; tag += MemoryMarshal.CreateReadOnlySpanFromNullTerminated(tag).Length + 1) tags.Add(NativeRules.Text(tag));

        var metas = new List<YaraMeta>();
        for (LibYara.Meta* meta = rule->Metas; meta is not null; meta = (meta->Flags & LibYara.Meta.Last) != 0 ? null : meta + 1)
        {
            metas.Add(new(NativeRules.Text(meta->Identifier), meta->Type switch
            {
                LibYara.Meta.Text => NativeRules.Text(meta->String),
                LibYara.Meta.Integer => meta->Number.ToString(CultureInfo.InvariantCulture),
                _ => meta->Number != 0 ? "true" : "false",
            }));
        }

        return new(NativeRules.Text(rule->Identifier), NativeRules.Text(rule->Namespace->Name), tags, metas, ReadStrings(context, rule));
    }

    static List<YaraString> ReadStrings(LibYara.ScanContext* context, LibYara.Rule* rule)
    {
        var strings = new List<YaraString>();
        int named = 0;
        for (LibYara.StringOf* of = rule->Strings; of is not null; of = (of->Flags & LibYara.StringOf.Last) != 0 ? null : of + 1)
        {
            int places = 0;
            for (LibYara.MatchOf* match = context->Matches[of->Index].Head; match is not null && places < YaraLimits.MaxPlaces; match = match->Next)
            {
                if (match->IsPrivate != 0 || (of->Flags & LibYara.StringOf.Private) != 0) continue;
                if (places++ == 0 && ++named > YaraLimits.MaxStrings) return strings;
                strings.Add(new(NativeRules.Text(of->Identifier), match->Base + match->Offset, match->Length));
            }
        }

        return strings;
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        if (_scanner == 0) return;
        LibYara.yr_scanner_destroy(_scanner);
        _scanner = 0;
        _self.Free();
    }
}
